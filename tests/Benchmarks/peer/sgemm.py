#!/usr/bin/python3
"""Best rate of NumPy's sgemm (OpenBLAS, one thread) at the sizes of `Benchmarks gemm`: OMP_NUM_THREADS=1 python3 sgemm.py"""
import time
import numpy as np

for m, n, k in ((256, 256, 256), (512, 128, 512)):
    a, b, c = np.full((m, k), .25, 'f'), np.full((k, n), .5, 'f'), np.empty((m, n), 'f')
    best, started = 1e9, time.time()
    while time.time() - started < 2:
        begun = time.perf_counter()
        np.dot(a, b, out=c)
        best = min(best, time.perf_counter() - begun)
    print(f'm {m} n {n} k {k}: {2e-9 * m * n * k / best:.1f} GFLOP/s')
