"""Writes the model of the fast tests, tiny.onnx: a small ResNeXt with weights from a seed. Run: python3 make_tiny.py

Needs python3-onnx and numpy. 32 x 32 pixels, 4 labels, 16 features; stem, one bottleneck of cardinality 4, global average pool.
The output is committed: nobody needs Python to run the tests. plain.onnx is the same graph without metadata (not ours).
"""
import json
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIZE, LABELS, FEATURES = 32, ["bolt", "gear", "nut", "washer"], 16
random = np.random.RandomState(1)
constants = []


def constant(name, values):
    constants.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
    return name


def conv(name, x, channels, width, kernel, stride=1, groups=1):
    scale = (2.0 / (channels // groups * kernel * kernel)) ** 0.5
    weight = constant(name + ".w", random.randn(width, channels // groups, kernel, kernel) * scale)
    bias = constant(name + ".b", random.randn(width) * 0.1)
    return helper.make_node("Conv", [x, weight, bias], [name], group=groups, kernel_shape=[kernel] * 2,
                            strides=[stride] * 2, pads=[kernel // 2] * 4)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs, [output], **attributes)


nodes = [
    node("Sub", ["image", constant("mean", np.reshape([123.675, 116.28, 103.53], (1, 3, 1, 1)))], "centered"),
    node("Div", ["centered", constant("std", np.reshape([58.395, 57.12, 57.375], (1, 3, 1, 1)))], "normalized"),
    conv("stem", "normalized", 3, 16, 3, stride=2), node("Relu", ["stem"], "stem.r"),
    conv("c1", "stem.r", 16, 16, 1), node("Relu", ["c1"], "c1.r"),
    conv("c2", "c1.r", 16, 16, 3, groups=4), node("Relu", ["c2"], "c2.r"),
    conv("c3", "c2.r", 16, 16, 1),
    node("Add", ["c3", "stem.r"], "sum"), node("Relu", ["sum"], "block"),
    node("GlobalAveragePool", ["block"], "pooled"), node("Flatten", ["pooled"], "features", axis=1),
    node("Gemm", ["features", constant("fc.w", random.randn(4, FEATURES)), constant("fc.b", random.randn(4) * 0.1)], "logits", transB=1),
    node("Softmax", ["logits"], "probabilities", axis=1),
]
graph = helper.make_graph(
    nodes, "tiny",
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 3, SIZE, SIZE])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", width])
     for name, width in (("features", FEATURES), ("logits", len(LABELS)), ("probabilities", len(LABELS)))],
    constants)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
onnx.checker.check_model(model)
with open("plain.onnx", "wb") as file:
    file.write(model.SerializeToString())

helper.set_model_props(model, {"resnext." + key: value for key, value in {
    "format_version": "1", "architecture": "tiny", "image_size": str(SIZE), "resize_size": "36", "crop": "center",
    "interpolation": "bilinear", "mean": "[0.485,0.456,0.406]", "std": "[0.229,0.224,0.225]",
    "labels": json.dumps(LABELS), "feature_width": str(FEATURES), "producer": "make_tiny.py"}.items()})
with open("tiny.onnx", "wb") as file:
    file.write(model.SerializeToString())
