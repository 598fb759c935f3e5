#!/usr/bin/env python3
"""Reference vectors that numpy, scipy, librosa, torchaudio and soxr compute themselves, in float64.

    /usr/bin/python3 make_library_reference.py [--out DIR] [--check]

--check computes everything again, writes nothing and fails where a stored value differs by more than 1e-10 of the
largest value of its vector.  A library that cannot be imported is skipped by name; its stored vectors stay.

What is needed, on Debian 12:

    apt-get install python3-numpy python3-scipy python3-torch python3-torchaudio
    apt-get install python3-numba python3-joblib python3-soundfile python3-audioread python3-msgpack \\
        python3-sklearn python3-pooch python3-lazy-loader          # what librosa imports, with soxr
    pip install --target /somewhere/soxr --no-deps soxr            # Debian 12 has neither soxr nor librosa
    git clone --depth 1 --branch 0.11.0 https://github.com/librosa/librosa /somewhere/librosa
    PYTHONPATH=/somewhere/librosa:/somewhere/soxr /usr/bin/python3 make_library_reference.py

The input is signal/cycle of make_reference.py, which has to be run first; entries name the piece by `offset` and
`samples`.  library_index.json describes every vector and states the versions.  Each entry has `library`, `call` (what was
called here) and `parameters` (the same in the terms of the TypeScript functions, ready to be handed to them).  Frames are
rows here, columns in librosa and torchaudio.  Complex values are pairs re, im.  `every: k` means that only each k-th value
is stored, from the first.
"""
import argparse
import importlib
import json
import math
import os
import sys
import warnings

import numpy as np
import scipy
import scipy.fft
from scipy import signal

HERE = os.path.dirname(os.path.abspath(__file__))
ap = argparse.ArgumentParser()
ap.add_argument("--out", default=HERE)
ap.add_argument("--check", action="store_true", help="compare with what is stored, write nothing")
args = ap.parse_args()

INDEX = os.path.join(args.out, "library_index.json")
cycle = np.fromfile(os.path.join(args.out, "signal/cycle.bin"), "<f4").astype(np.float64)
index = {"libraries": {}, "files": {}}
if os.path.exists(INDEX):
    with open(INDEX) as fh:
        index = json.load(fh)
stored = index["files"]
made = {}
worst = []


def piece(offset, samples):
    assert offset + samples <= len(cycle)
    return cycle[offset:offset + samples]


def save(name, array, call, parameters=None, dtype="f64", **meta):
    """`array`: real, or complex (then stored as pairs in a last axis of two)."""
    a = np.asarray(array)
    if np.iscomplexobj(a):
        a = np.stack([a.real, a.imag], axis=-1)
    a = np.ascontiguousarray(a).astype({"f64": "<f8", "f32": "<f4"}[dtype])
    assert np.isfinite(a).all(), name
    entry = dict(file=f"libraries/{name}.bin", dtype=dtype, shape=list(a.shape), library=name.split("/")[0], call=call, **meta)
    if parameters is not None:
        entry["parameters"] = parameters
    made[name] = entry
    path = os.path.join(args.out, entry["file"])
    if args.check:
        old = np.fromfile(path, "<f8" if dtype == "f64" else "<f4")
        if old.size != a.size or stored[name]["shape"] != entry["shape"]:
            worst.append((math.inf, name))
        else:
            scale = max(np.abs(old).max(initial=0.0), 1e-300)
            tolerance = 1e-10 if dtype == "f64" else 2e-7
            worst.append((np.abs(old - a.reshape(-1)).max(initial=0.0) / scale / tolerance, name))
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        a.tofile(path)


def put(name, call, parameters=None, **values):
    """An entry without a file: small values in the index itself."""
    entry = dict(library=call.split(".")[0], call=call, **values)
    if parameters is not None:
        entry["parameters"] = parameters
    made[name] = entry
    if args.check:
        # The comparison is exact: only integers and copies of samples go here.
        same = all(stored.get(name, {}).get(key) == value for key, value in values.items())
        worst.append((0.0 if same else math.inf, name))


def save_bands(name, weights, call, parameters, **meta):
    """A filterbank [band, bin]: the non-zero weights, band after band; `bands` holds [first bin, count] of each."""
    bands = []
    values = []
    for row in weights:
        at = np.flatnonzero(row)
        first, count = (int(at[0]), int(at[-1] - at[0] + 1)) if len(at) else (0, 0)
        bands.append([first, count])
        values.append(row[first:first + count])
    save(name, np.concatenate(values), call, parameters, bands=bands, bins=int(weights.shape[1]), **meta)


# ------------------------------------------------------------------ scipy
def make_fft():
    for n in (2, 6, 14, 22, 254, 256, 400, 480, 512, 1000, 1018, 1024, 2048):
        save(f"scipy/rfft_{n}", scipy.fft.rfft(piece(30000, n)), "scipy.fft.rfft(x)", dict(size=n),
             input="signal/cycle", offset=30000, samples=n)
    n = 65536
    save(f"scipy/rfft_{n}", scipy.fft.rfft(piece(30000, n))[::128], "scipy.fft.rfft(x)[::128]", dict(size=n),
         input="signal/cycle", offset=30000, samples=n, every=128)
    for n in (2, 6, 254, 256, 400, 480, 512, 1000, 1024, 2048):
        bins = n // 2 + 1
        # An arbitrary spectrum: irfft ignores the imaginary parts of the first and the last bin.
        z = piece(30000, bins) + 1j * piece(40000, bins)
        save(f"scipy/irfft_{n}", scipy.fft.irfft(z, n), "scipy.fft.irfft(re + 1j*im, n)", dict(size=n),
             input="signal/cycle", offset=30000, imaginaryOffset=40000, samples=bins)
    for n in (6, 254, 400):
        z = piece(30000, n) + 1j * piece(40000, n)
        save(f"scipy/fft_{n}", scipy.fft.fft(z), "scipy.fft.fft(re + 1j*im)", dict(size=n),
             input="signal/cycle", offset=30000, imaginaryOffset=40000, samples=n)


def make_windows():
    for name in ("hann", "hamming", "blackman"):
        for n in (1, 2, 51, 400):
            save(f"scipy/window_{name}_{n}", signal.get_window(name, n, fftbins=True), f"scipy.signal.get_window('{name}', {n}, fftbins=True)",
                 dict(name=name, length=n))


def make_filters():
    rows = [dict(order=order, type=kind, cutoffHz=hz, norm=norm, sampleRate=16000)
            for order in range(2, 9) for kind, hz in (("highpass", 80), ("lowpass", 2000)) for norm in ("phase", "delay", "mag")]
    rows += [dict(order=4, type="highpass", cutoffHz=hz, norm="mag", sampleRate=rate) for hz, rate in ((20, 44100), (80, 4000), (500, 8000))]

    def design(r):
        return signal.bessel(r["order"], r["cutoffHz"], r["type"], norm=r["norm"], fs=r["sampleRate"], output="sos")

    designed = "scipy.signal.bessel(order, cutoffHz, type, norm=norm, fs=sampleRate, output='sos')"
    x = piece(30000, 4000)
    save("scipy/sosfilt", [signal.sosfilt(design(r), x)[::40] for r in rows], f"scipy.signal.sosfilt({designed}, x)[::40]",
         dict(filters=rows), input="signal/cycle", offset=30000, samples=4000, every=40, layout="[filter, sample]")
    both = [r for r in rows if r["norm"] == "mag"]
    save("scipy/sosfiltfilt", [signal.sosfiltfilt(design(r), x)[::40] for r in both], f"scipy.signal.sosfiltfilt({designed}, x)[::40]",
         dict(filters=both), input="signal/cycle", offset=30000, samples=4000, every=40, layout="[filter, sample]")
    # The shortest signals that scipy takes: one sample more than the odd extension at each end.
    for order in (2, 3, 4, 5):
        r = dict(order=order, type="lowpass", cutoffHz=2000, norm="mag", sampleRate=16000)
        sos = design(r)
        padlen = 3 * (2 * len(sos) + 1 - min(int((sos[:, 2] == 0).sum()), int((sos[:, 5] == 0).sum())))
        n = padlen + 1
        save(f"scipy/sosfiltfilt_shortest_{order}", signal.sosfiltfilt(sos, piece(30000, n)), f"scipy.signal.sosfiltfilt({designed}, x)",
             dict(filter=r), input="signal/cycle", offset=30000, samples=n, padlen=padlen)


def make_padding():
    cases = []
    for m, n in ((1, 6), (2, 9), (4, 4), (5, 3), (5, 5), (5, 7), (5, 10), (5, 12), (5, 23)):
        a = np.arange(1, m + 1)
        beyond = (0, max(0, n - m))
        cases.append(dict(input=a.tolist(), length=n,
                          sample=np.pad(a, beyond, mode="symmetric")[:n].tolist(),
                          repeat=np.resize(a, n).tolist(),
                          zero=np.pad(a, beyond)[:n].tolist()))
    put("scipy/padding", "numpy.pad(x, (0, length - n), 'symmetric'), numpy.resize(x, length), numpy.pad(x, (0, length - n)), each cut to length",
        cases=cases)
    frames = []
    for m, both in ((1, 3), (2, 5), (3, 2), (5, 4), (5, 13)):
        a = np.arange(1, m + 1)
        frames.append(dict(input=a.tolist(), both=both, **{mode: np.pad(a, both, mode=mode).tolist()
                                                           for mode in ("constant", "reflect", "symmetric", "edge")}))
    put("scipy/centring", "numpy.pad(x, both, mode)", cases=frames)


# ------------------------------------------------------------------ STFT
NUMPY_MODE = dict(constant="constant", reflect="reflect", symmetric="symmetric", edge="edge")
SCIPY_WINDOW = dict(hann="hann", hamming="hamming", blackman="blackman", rectangular="boxcar")


def stft_arguments(p):
    return dict(n_fft=p["fftSize"], win_length=p["windowLength"], hop_length=p["hop"], window=SCIPY_WINDOW[p["window"]], center=p["centre"])


def text(function, kwargs, first="x"):
    return f"{function}({first}, " + ", ".join(f"{k}={v!r}" for k, v in kwargs.items()) + ")"


def stft_parameters(fftSize, windowLength=None, window="hann", hop=None, centre=True, padMode="constant"):
    windowLength = windowLength or fftSize
    return dict(fftSize=fftSize, windowLength=windowLength, window=window, hop=hop or windowLength // 4, centre=centre, padMode=padMode)


def make_stft():
    import librosa

    cases = {f"pad_{mode}": (200, stft_parameters(128, hop=40, padMode=mode)) for mode in NUMPY_MODE}
    cases |= {f"window_{window}": (160, stft_parameters(100, hop=40, window=window)) for window in SCIPY_WINDOW}
    cases |= {f"short_signal_{mode}": (60, stft_parameters(256, hop=30, padMode=mode)) for mode in ("reflect", "symmetric", "edge")}
    cases |= {
        "512": (400, stft_parameters(512)),
        "400_hop_160_reflect": (480, stft_parameters(400, hop=160, padMode="reflect")),
        "512_window_400_hop_160": (480, stft_parameters(512, 400, "hamming", 160)),
        "256_window_201": (500, stft_parameters(256, 201, "blackman", 100, padMode="symmetric")),
        "256_window_64_not_centred": (600, stft_parameters(256, 64, hop=64, centre=False)),
        "480_not_centred": (640, stft_parameters(480, hop=160, centre=False)),
        "128_hop_200": (700, stft_parameters(128, hop=200)),
    }
    for name, (n, p) in cases.items():
        kwargs = dict(stft_arguments(p), pad_mode=p["padMode"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # n_fft larger than the signal
            z = librosa.stft(piece(30000, n), **kwargs)
        save("librosa/stft_" + name, z.T, text("librosa.stft", kwargs) + ".T", p, input="signal/cycle", offset=30000, samples=n,
             layout="[frame, bin, re|im]")

    # Arbitrary spectra, of no signal: only these tell whether an inverse divides by the sum of squared windows.
    inverse = {
        "512": (6, stft_parameters(512), None),
        "512_cut": (6, stft_parameters(512), 300),
        "512_extended": (6, stft_parameters(512), 900),
        "400_hop_160": (5, stft_parameters(400, hop=160), None),
        "512_window_400_hop_160": (5, stft_parameters(512, 400, "hamming", 160), None),
        "256_window_201": (6, stft_parameters(256, 201, "hamming", 64), 333),
        "100_blackman": (8, stft_parameters(100, window="blackman"), None),
        "128_rectangular": (5, stft_parameters(128, window="rectangular", hop=100), None),
        "256_not_centred": (6, stft_parameters(256, window="hamming", centre=False), None),
        "256_not_centred_cut": (6, stft_parameters(256, window="hamming", centre=False), 300),
        "256_not_centred_extended": (6, stft_parameters(256, window="hamming", centre=False), 700),
    }
    for name, (frames, p, length) in inverse.items():
        bins = p["fftSize"] // 2 + 1
        z = (piece(30000, frames * bins) + 1j * piece(60000, frames * bins)).reshape(frames, bins)
        kwargs = dict(stft_arguments(p), length=length)
        y = librosa.istft(z.T, **kwargs)
        save("librosa/istft_" + name, y, text("librosa.istft", kwargs, "(re + 1j*im).T"),
             dict(p, **({} if length is None else dict(length=length))),
             input="signal/cycle", offset=30000, imaginaryOffset=60000, samples=frames * bins, frames=frames, bins=bins)


# ------------------------------------------------------------------ mel, log-mel
LOGARITHM = {"e": np.log, "2": np.log2, "10": np.log10}


def mel_parameters(sampleRate, fftSize, melBands, lowHz, highHz, melScale, melNorm):
    return dict(sampleRate=sampleRate, fftSize=fftSize, melBands=melBands, lowHz=lowHz, highHz=highHz, melScale=melScale, melNorm=melNorm)


def log_mel_parameters(mel, windowLength, hop, spectrum, logBase="e", logFloor=1e-10, centre=True, padMode="constant"):
    p = dict(mel, windowLength=windowLength, hop=hop, maximumOver=1, spectrum=spectrum, logBase=logBase, logFloor=logFloor, centre=centre)
    return dict(p, padMode=padMode) if centre else p


def make_librosa_mel():
    import librosa

    banks = {
        "16000_400_80_slaney_area": mel_parameters(16000, 400, 80, 0, 8000, "slaney", "area"),
        "16000_400_40_htk_none": mel_parameters(16000, 400, 40, 20, 7600, "htk", "none"),
        "16000_512_64_htk_area": mel_parameters(16000, 512, 64, 125, 7500, "htk", "area"),
        "16000_256_80_slaney_area_with_empty_bands": mel_parameters(16000, 256, 80, 0, 8000, "slaney", "area"),
        "22050_2048_128_slaney_area": mel_parameters(22050, 2048, 128, 0, 11025, "slaney", "area"),
        "22050_1024_80_slaney_area": mel_parameters(22050, 1024, 80, 0, 8000, "slaney", "area"),
        "44100_1024_96_htk_none": mel_parameters(44100, 1024, 96, 0, 22050, "htk", "none"),
        "44100_1024_64_slaney_none": mel_parameters(44100, 1024, 64, 50, 14000, "slaney", "none"),
    }

    def arguments(p):
        return dict(sr=p["sampleRate"], n_fft=p["fftSize"], n_mels=p["melBands"], fmin=p["lowHz"], fmax=p["highHz"],
                    htk=p["melScale"] == "htk", norm="slaney" if p["melNorm"] == "area" else None)

    for name, p in banks.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # empty bands
            w = librosa.filters.mel(**arguments(p), dtype=np.float64)
        save_bands("librosa/mel_" + name, w, "librosa.filters.mel(" + ", ".join(f"{k}={v!r}" for k, v in arguments(p).items()) + ", dtype=float64)",
                   p, emptyBands=[int(b) for b in np.flatnonzero(w.sum(axis=1) == 0)])

    pictures = {
        "paper": (5120, log_mel_parameters(mel_parameters(16000, 512, 45, 0, 8000, "slaney", "area"), 512, 512, "magnitude", centre=False)),
        "whisper_log10": (2400, log_mel_parameters(banks["16000_400_80_slaney_area"], 400, 160, "power", "10", padMode="reflect")),
        "librosa_default": (3000, log_mel_parameters(banks["22050_2048_128_slaney_area"], 2048, 512, "power")),
        "window_400_in_512_htk": (2400, log_mel_parameters(banks["16000_512_64_htk_area"], 400, 160, "magnitude", logFloor=1e-4)),
        "44100_log2_not_centred": (4000, log_mel_parameters(mel_parameters(44100, 1024, 40, 50, 14000, "htk", "none"), 1024, 256, "magnitude",
                                                            "2", 1e-6, centre=False)),
        "480_edge": (2000, log_mel_parameters(mel_parameters(16000, 480, 40, 0, 8000, "slaney", "none"), 480, 240, "power", padMode="edge")),
    }
    for name, (n, p) in pictures.items():
        kwargs = dict(arguments(p), hop_length=p["hop"], win_length=p["windowLength"], window="hann", center=p["centre"],
                      pad_mode=p.get("padMode", "constant"), power=2.0 if p["spectrum"] == "power" else 1.0)
        # librosa makes the filterbank in float32 unless told otherwise.
        mel = librosa.feature.melspectrogram(y=piece(30000, n), **kwargs, dtype=np.float64)
        log = LOGARITHM[p["logBase"]]
        save("librosa/log_mel_" + name, log(np.maximum(mel, p["logFloor"])).T,
             f"{log.__name__}(maximum({text('librosa.feature.melspectrogram', kwargs, 'y=x')[:-1]}, dtype=float64), {p['logFloor']})).T", p,
             input="signal/cycle", offset=30000, samples=n, layout="[frame, band]")


def make_librosa_rms():
    import librosa

    for window, hop in ((320, 160), (1600, 400)):
        y = librosa.feature.rms(y=piece(30000, 8000), frame_length=window, hop_length=hop, center=False, dtype=np.float64)[0]
        save(f"librosa/rms_{window}_{hop}", y, f"librosa.feature.rms(y=x, frame_length={window}, hop_length={hop}, center=False, dtype=float64)[0]",
             dict(sampleRate=16000, windowSeconds=window / 16000, stepSeconds=hop / 16000), input="signal/cycle", offset=30000, samples=8000)


def make_torchaudio():
    import torch
    import torchaudio

    # torchaudio makes windows and filterbanks in the default type.
    torch.set_default_dtype(torch.float64)
    banks = {
        "16000_400_64_htk_none": mel_parameters(16000, 400, 64, 0, 8000, "htk", "none"),
        "44100_1024_96_slaney_area": mel_parameters(44100, 1024, 96, 0, 22050, "slaney", "area"),
        "22050_1024_80_htk_area": mel_parameters(22050, 1024, 80, 40, 11000, "htk", "area"),
    }
    for name, p in banks.items():
        kwargs = dict(n_freqs=p["fftSize"] // 2 + 1, f_min=float(p["lowHz"]), f_max=float(p["highHz"]), n_mels=p["melBands"],
                      sample_rate=p["sampleRate"], norm="slaney" if p["melNorm"] == "area" else None, mel_scale=p["melScale"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            w = torchaudio.functional.melscale_fbanks(**kwargs).numpy().T
        save_bands("torchaudio/mel_" + name, w, "torchaudio.functional.melscale_fbanks(" + ", ".join(f"{k}={v!r}" for k, v in kwargs.items())
                   + ").T in float64", p, emptyBands=[int(b) for b in np.flatnonzero(w.sum(axis=1) == 0)])

    pictures = {
        "default_of_400": (2400, log_mel_parameters(banks["16000_400_64_htk_none"], 400, 200, "power", padMode="reflect")),
        "slaney_22050": (3000, log_mel_parameters(mel_parameters(22050, 1024, 80, 0, 8000, "slaney", "area"), 1024, 256, "magnitude",
                                                  padMode="reflect")),
        "window_400_in_512": (2000, log_mel_parameters(mel_parameters(16000, 512, 40, 20, 7600, "htk", "none"), 400, 160, "power", "10",
                                                       padMode="constant")),
    }
    for name, (n, p) in pictures.items():
        kwargs = dict(sample_rate=p["sampleRate"], n_fft=p["fftSize"], win_length=p["windowLength"], hop_length=p["hop"], f_min=float(p["lowHz"]),
                      f_max=float(p["highHz"]), n_mels=p["melBands"], power=2.0 if p["spectrum"] == "power" else 1.0, center=True,
                      pad_mode=p["padMode"], norm="slaney" if p["melNorm"] == "area" else None, mel_scale=p["melScale"])
        mel = torchaudio.transforms.MelSpectrogram(**kwargs)(torch.from_numpy(piece(30000, n).copy())).numpy()
        log = LOGARITHM[p["logBase"]]
        save("torchaudio/log_mel_" + name, log(np.maximum(mel, p["logFloor"])).T,
             f"{log.__name__}(maximum(torchaudio.transforms.MelSpectrogram({', '.join(f'{k}={v!r}' for k, v in kwargs.items())})(x), "
             f"{p['logFloor']})).T in float64", p, input="signal/cycle", offset=30000, samples=n, layout="[frame, band]")

    p = stft_parameters(400, hop=160, padMode="reflect")
    kwargs = dict(n_fft=400, hop_length=160, power=2.0, center=True, pad_mode="reflect")
    power = torchaudio.transforms.Spectrogram(**kwargs)(torch.from_numpy(piece(30000, 800).copy())).numpy().T
    save("torchaudio/spectrogram_400_power", power,
         f"torchaudio.transforms.Spectrogram({', '.join(f'{k}={v!r}' for k, v in kwargs.items())})(x).T in float64",
         dict(p, spectrum="power"), input="signal/cycle", offset=30000, samples=800, layout="[frame, bin]")


# ------------------------------------------------------------------ resampling
RATES = ((44100, 16000), (48000, 16000), (22050, 16000), (8000, 16000))


def tones(rate, lower):
    """Five tones up to 0.7 of the lower Nyquist frequency that rise and fall over 50 ms: what every resampler has to keep.
    The window is a squared Hann, smooth enough at its ends that nothing of it lies outside the band."""
    t = np.arange(round(0.05 * rate)) / rate
    y = sum(0.1 * np.sin(2 * np.pi * share * lower / 2 * t + k) for k, share in enumerate((0.03, 0.12, 0.31, 0.55, 0.7)))
    return y * (0.5 - 0.5 * np.cos(2 * np.pi * t / 0.05)) ** 2


def resamplers():
    """(library, call, function of float64 samples, from and to) of each."""

    def polyphase(x, a, b):
        g = math.gcd(a, b)
        up, down = b // g, a // g
        taps, beta = signal.kaiserord(150.0, 0.1 / max(up, down))
        h = signal.firwin(taps + 1 - taps % 2, 0.95 / max(up, down), window=("kaiser", beta))
        return signal.resample_poly(x, up, down, window=h)

    yield "scipy", "scipy.signal.resample_poly(x, up, down, window=firwin(kaiserord(150, 0.1 / max(up, down)) at 0.95))", polyphase
    if have("torchaudio"):
        import torch
        import torchaudio

        best = dict(lowpass_filter_width=64, rolloff=0.9475937167399596, resampling_method="kaiser_window", beta=14.769656459379492)
        yield ("torchaudio", text("torchaudio.functional.resample", best, "x, from, to") + " in float64",
               lambda x, a, b: torchaudio.functional.resample(torch.from_numpy(x.copy()), a, b, **best).numpy())
    if have("soxr"):
        import soxr

        yield "soxr", "soxr.resample(x, from, to, quality='VHQ')", lambda x, a, b: soxr.resample(x, a, b, quality="VHQ")


def make_resampling():
    for a, b in RATES:
        what = "five tones up to 0.7 of the lower Nyquist frequency under a squared Hann window of 50 ms, by their formula"
        save(f"numpy/tones_{a}_{b}", tones(a, min(a, b)), f"{what}, at {a} Hz", dtype="f32")
        save(f"numpy/resample_{a}_{b}", tones(b, min(a, b)), f"{what}, at {b} Hz", dict(fromHz=a, toHz=b), dtype="f32",
             input=f"numpy/tones_{a}_{b}")
    for library, call, function in resamplers():
        for a, b in RATES:
            x = tones(a, min(a, b)).astype(np.float32).astype(np.float64)
            y = function(x, a, b)
            assert abs(len(y) - len(x) * b / a) <= 1, (library, a, b, len(y))
            save(f"{library}/resample_{a}_{b}", y[:math.floor(len(x) * b / a)], call, dict(fromHz=a, toHz=b), dtype="f32",
                 input=f"numpy/tones_{a}_{b}")


# ------------------------------------------------------------------ what is there
versions = {}


def have(library):
    if library not in versions:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                versions[library] = importlib.import_module(library).__version__.split("+")[0]
                if library == "librosa":
                    importlib.import_module("librosa.core.spectrum")  # librosa loads its parts, and soxr, when they are used
        except (ImportError, AttributeError) as error:
            print(f"{library} cannot be imported ({error}): its vectors stay as they are")
            versions[library] = None
    return versions[library] is not None


for library in ("numpy", "scipy"):
    assert have(library)
for make in (make_fft, make_windows, make_filters, make_padding):
    make()
if have("librosa"):
    for make in (make_stft, make_librosa_mel, make_librosa_rms):
        make()
if have("torchaudio"):
    make_torchaudio()
make_resampling()

if args.check:
    for share, name in sorted(worst, reverse=True)[:5]:
        print(f"{name}: {share:.2g} of the tolerance")
    bad = [name for share, name in worst if not share <= 1]
    print(f"{len(worst)} vectors compared, {len(bad)} differ", *bad)
    sys.exit(1 if bad else 0)

# A library that is absent keeps its vectors and its version.
kept = {k: v for k, v in stored.items() if versions.get(v["library"]) is None}
for name in set(stored) - set(kept) - set(made):
    if "file" in stored[name]:
        os.remove(os.path.join(args.out, stored[name]["file"]))
files = dict(sorted(dict(kept, **made).items()))
head = dict(about="float64 references that the libraries computed; little-endian, row-major; 'dtype' f32|f64. Written by "
                  "make_library_reference.py, whose head says how and what the keys mean",
            libraries=dict(sorted(dict(index["libraries"], **{k: v for k, v in versions.items() if v}).items())))
with open(INDEX, "w") as fh:
    # A line for each vector.
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in files.items())
    fh.write(json.dumps(head, indent=1)[:-2] + ',\n "files": {\n' + lines + "\n }\n}\n")
print("vectors", len(made), "bytes", os.path.getsize(INDEX) + sum(os.path.getsize(os.path.join(args.out, v["file"])) for v in made.values() if "file" in v))
