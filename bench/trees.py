# xgboost's side of bench/trees.ts: reads {folds: [{train, test}], settings} as JSON lines on stdin, writes the scores of each fold's test rows.
import json
import sys
import time

import numpy
import xgboost

for line in sys.stdin:
    job = json.loads(line)
    def matrix(part):
        values = numpy.array([[numpy.nan if v is None else v for v in row] for row in part["rows"]], dtype=numpy.float32)
        data = xgboost.DMatrix(values, label=numpy.array(part["target"]), nthread=1)
        data.set_group(part["sizes"])
        return data
    train, test = matrix(job["train"]), matrix(job["test"])
    parameters = {
        "objective": job["objective"], "max_depth": job["depth"], "eta": job["rate"], "lambda": job["l2"],
        "tree_method": "hist", "max_bin": 254, "nthread": 1, "seed": 1, "min_child_weight": job["least"],
        "grow_policy": "depthwise",
    }
    begun = time.perf_counter()
    model = xgboost.train(parameters, train, job["trees"])
    trained = time.perf_counter() - begun
    model.inplace_predict(numpy.zeros((1, len(job["train"]["rows"][0])), dtype=numpy.float32))
    speed = numpy.array([[numpy.nan if v is None else v for v in row] for row in job["train"]["rows"][:1000]], dtype=numpy.float32)
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        model.inplace_predict(speed)
        times.append(time.perf_counter() - begun)
    print(json.dumps({"scores": model.predict(test).tolist(), "trained": trained, "scored": sorted(times)[len(times) // 2], "rows": len(speed)}), flush=True)
