/** The kernels, for hosts that make a module of the import; see `initSync`. Others fetch the file's URL, see `init`. */
declare const module: WebAssembly.Module;
export default module;
