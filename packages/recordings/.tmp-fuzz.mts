import {decodeRecording,writeWav} from '@crepitus/recordings';
import fs from 'node:fs';
import {fixtureSignal} from './fixtures/signal.ts';
let seed=Number(process.argv[2]??1); const rnd=()=>{seed=(Math.imul(seed,1664525)+1013904223)>>>0; return seed/2**32};
const base:[string,Uint8Array][]=fs.readdirSync('fixtures').filter(f=>/flac|mp3/.test(f)).map(f=>[f,new Uint8Array(fs.readFileSync('fixtures/'+f))]);
base.push(['a.wav',writeWav([fixtureSignal(800,8000)],8000)],['f.wav',writeWav([fixtureSignal(800,8000),fixtureSignal(800,8000,1)],8000,{float:true})]);
const only=process.argv[4]; const codes:any={}; const N=Number(process.argv[3]??500); let worst=0; const t00=performance.now();
for(let k=0;k<N;k++){ const [n,b0]=base[Math.floor(rnd()*base.length)]!; if(only&&!n.includes(only))continue; let b=b0.slice(); const ops=1+Math.floor(rnd()*4); const how:any[]=[];
 for(let o=0;o<ops;o++){ const at=rnd()<0.5?Math.floor(rnd()*Math.min(64,b.length)):Math.floor(rnd()*b.length); const kind=Math.floor(rnd()*6); how.push([kind,at]);
  if(kind===0&&b.length) b[at]^=1<<Math.floor(rnd()*8); else if(kind===1) b=b.slice(0,at); else if(kind===2){const ins=Uint8Array.from({length:Math.floor(rnd()*40)},()=>rnd()*256); const c=new Uint8Array(b.length+ins.length); c.set(b.subarray(0,at));c.set(ins,at);c.set(b.subarray(at),at+ins.length); b=c;} else if(kind===3) b.fill(rnd()<.5?0:255,at,at+Math.floor(rnd()*8)); else if(kind===4) b.copyWithin(at,Math.floor(rnd()*b.length),Math.floor(rnd()*b.length)); else if(b.length>at+4) new DataView(b.buffer).setUint32(at,[0,0xffffffff,0x7fffffff,1,0x80000000][Math.floor(rnd()*5)]!,rnd()<.5);}
 fs.writeFileSync('/tmp/rec/last.bin',b); const t0=performance.now(); let c='ok';
 try{const r=await decodeRecording(b,{name:n,channel:0}); if(!r.channels[0]!.samples.every(Number.isFinite)) c='NONFINITE'; for(const f of r.findings) codes['f:'+f.code]=(codes['f:'+f.code]??0)+1;}catch(e:any){c=e.name==='CrepitusError'?e.code:'THROW '+n+' '+e.stack; if(e.code==='flac-damaged'&&/cannot be dec/.test(e.message)) c+=' '+e.message.slice(0,150); if(e.code==='mp3-damaged')c+=e.cause?.message}
 codes[c]=(codes[c]??0)+1; const t=performance.now()-t0; if(t>worst){worst=t; if(t>300)console.log('slow',t,n,how)} if(/THROW|NONF/.test(c)) {console.log(c,how); fs.copyFileSync('/tmp/rec/last.bin','/tmp/rec/bad-'+k)}}
console.log(codes,worst,performance.now()-t00,process.memoryUsage().rss/1e6);
