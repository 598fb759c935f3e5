/*
 * The log-mel picture in plain C around FFTW or pffft, for the bench: what a native program would do. Sizes come as macros, so
 * that the compiler knows them. Standard input: signal, window, [first bin, count] of each band, weights; then requests, a line
 * each: "run N" answers the milliseconds that N pictures took, "result" the values of the picture.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef PFFFT
#include "pffft.h"
#else
#include <fftw3.h>
#endif

#define BINS (FFT_SIZE / 2 + 1)

static float x[SAMPLES], window[WINDOW], weights[BANDS * BINS], picture[ROWS * BANDS];
static int32_t bands[BANDS][2];

static void readInput(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) exit(1);
}

static void setWindowed(float *frame, int start) {
  for (int i = 0; i < WINDOW; i++) frame[i] = x[start + i] * window[i];
}

/* Mel energies of one frame; a row holds the largest of its frames. */
static void applyFilterbank(const float *restrict magnitude, int frame) {
  float *restrict row = picture + frame / MAXIMUM_OVER * BANDS;
  const float *restrict w = weights;
  for (int band = 0; band < BANDS; band++) {
    const float *restrict bin = magnitude + bands[band][0];
    const int count = bands[band][1];
    float sum = 0;
    for (int k = 0; k < count; k++) sum += bin[k] * w[k];
    w += count;
    if (frame % MAXIMUM_OVER == 0 || sum > row[band]) row[band] = sum;
  }
}

static void logarithm(void) {
  for (int i = 0; i < ROWS * BANDS; i++) picture[i] = logf(picture[i] > LOG_FLOOR ? picture[i] : LOG_FLOOR); /* fmaxf would be a call */
}

static void standardise(void) {
  double sum = 0, squares = 0;
  for (int i = 0; i < ROWS * BANDS; i++) sum += picture[i];
  const double mean = sum / (ROWS * BANDS);
  for (int i = 0; i < ROWS * BANDS; i++) squares += (picture[i] - mean) * (picture[i] - mean);
  const double deviation = sqrt(squares / (ROWS * BANDS));
  const float scale = 1 / deviation, shift = -mean / deviation;
  for (int i = 0; i < ROWS * BANDS; i++) picture[i] = picture[i] * scale + shift;
}

#ifdef PFFFT

static PFFFT_Setup *setup;
static float *in, *out, *work;

static const char *plan(void) {
  setup = pffft_new_setup(FFT_SIZE, PFFFT_REAL);
  in = pffft_aligned_malloc(FFT_SIZE * sizeof(float));
  out = pffft_aligned_malloc(FFT_SIZE * sizeof(float));
  work = pffft_aligned_malloc(FFT_SIZE * sizeof(float));
  memset(in, 0, FFT_SIZE * sizeof(float));
  return "";
}

static void melEnergies(void) {
  static float magnitude[BINS];
  for (int frame = 0; frame < ROWS * MAXIMUM_OVER; frame++) {
    setWindowed(in, frame * HOP);
    pffft_transform_ordered(setup, in, out, work, PFFFT_FORWARD);
    magnitude[0] = fabsf(out[0]);
    magnitude[BINS - 1] = fabsf(out[1]);
    for (int k = 1; k < BINS - 1; k++) magnitude[k] = sqrtf(out[2 * k] * out[2 * k] + out[2 * k + 1] * out[2 * k + 1]);
    applyFilterbank(magnitude, frame);
  }
}

#else

/* BATCH frames are transformed by one plan. */
static fftwf_plan transform;
static float *in, *out;

static const char *plan(void) {
  const int size = FFT_SIZE;
  in = fftwf_malloc(BATCH * FFT_SIZE * sizeof(float));
  out = fftwf_malloc(BATCH * BINS * 2 * sizeof(float));
  transform = fftwf_plan_many_dft_r2c(
      1, &size, BATCH, in, 0, 1, FFT_SIZE, (fftwf_complex *)out, 0, 1, BINS, BATCH == 1 ? FFTW_PATIENT : FFTW_MEASURE);
  memset(in, 0, BATCH * FFT_SIZE * sizeof(float));
  return fftwf_version;
}

static void melEnergies(void) {
  static float magnitude[BINS];
  for (int first = 0; first < ROWS * MAXIMUM_OVER; first += BATCH) {
    for (int i = 0; i < BATCH; i++) setWindowed(in + i * FFT_SIZE, (first + i) * HOP);
    fftwf_execute(transform);
    for (int i = 0; i < BATCH; i++) {
      const float *restrict c = out + i * BINS * 2;
      for (int k = 0; k < BINS; k++) magnitude[k] = sqrtf(c[2 * k] * c[2 * k] + c[2 * k + 1] * c[2 * k + 1]);
      applyFilterbank(magnitude, first + i);
    }
  }
}

#endif

static double milliseconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

int main(void) {
  readInput(x, sizeof x);
  readInput(window, sizeof window);
  readInput(bands, sizeof bands);
  int count = 0;
  for (int band = 0; band < BANDS; band++) count += bands[band][1];
  readInput(weights, count * sizeof(float));
  printf("%s\n", plan());
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof line, stdin)) {
    if (strncmp(line, "run ", 4) == 0) {
      const int times = atoi(line + 4);
      const double start = milliseconds();
      for (int i = 0; i < times; i++) {
        melEnergies();
        logarithm();
        standardise();
      }
      printf("%.6f\n", milliseconds() - start);
    } else {
      for (int i = 0; i < ROWS * BANDS; i++) printf("%.9g ", picture[i]);
      printf("\n");
    }
    fflush(stdout);
  }
  return 0;
}
