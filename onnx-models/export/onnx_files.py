"""Export to ONNX with float16 weights, and the checks every exported file has to pass."""
import copy
import os
import warnings

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime  # noqa: E402 (it reads the variable above when it is imported)

BATCHES = (1, 2, 5, 16)
SMALLEST_STORED_AS_FLOAT16 = 1024  # biases and normalisations stay as they are
SMALLEST_STORED_OUTSIDE = 1024
ALIGNMENT = 64


def export(model, example, path, inputs, outputs, axes=None):
    """Writes `model` to `path`: opset 18, weights stored as float16, the batch dynamic or what `axes` says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    network = exported(model, example, partial, inputs, outputs, axes)
    onnx.checker.check_model(network, full_check=True)
    onnx.save(network, partial)
    partial.replace(path)


def export_sharing_weights(folder, weights, graphs, axes=None, fold=True):
    """Writes several graphs of the same weights, whose large tensors lie once in the file `weights`.

    Each graph is (name, model, example, inputs, outputs); it becomes `name.onnx` in the folder. Without folding a
    matrix that is used twice, once transposed, is stored once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places, data = {}, bytearray()
    for name, model, example, inputs, outputs in graphs:
        partial = folder / f"{name}.part"
        network = exported(model, example, partial, inputs, outputs, axes, fold)
        for tensor in network.graph.initializer:
            values = numpy_helper.to_array(tensor).tobytes()
            if len(values) < SMALLEST_STORED_OUTSIDE:
                continue
            if values not in places:
                data += bytes(-len(data) % ALIGNMENT)
                places[values] = len(data)
                data += values
            _refer_to(tensor, weights, places[values], len(values))
        onnx.save(network, partial)
        partial.replace(folder / f"{name}.onnx")
    (folder / weights).write_bytes(data)


def _refer_to(tensor, file, offset, length):
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    del tensor.external_data[:]
    for key, value in {"location": file, "offset": offset, "length": length}.items():
        tensor.external_data.add(key=key, value=str(value))


def exported(model, example, partial, inputs, outputs, axes=None, fold=True):
    """The graph of `model` with float16 weights, by way of the file `partial`."""
    axes = axes or {name: {0: "batch"} for name in inputs + outputs}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, example, str(partial), dynamo=False, opset_version=18, input_names=inputs,
                          output_names=outputs, dynamic_axes=axes, do_constant_folding=fold)
    network = onnx.load(partial)
    store_weights_as_float16(network, model)
    return network


def store_weights_as_float16(network, model):
    """Halves the file: each large parameter becomes a float16 one and a Cast, so all computation stays float32.

    ONNX Runtime folds the casts when it loads the file. Tables that are not parameters keep their precision. The
    export transposes some matrices and names them anew: they are known by their values.
    """
    graph = network.graph
    matrices = [value.detach().numpy() for value in model.parameters() if value.numel() >= SMALLEST_STORED_AS_FLOAT16]
    parameters = {matrix.tobytes() for matrix in matrices} | {matrix.T.tobytes() for matrix in matrices}
    casts = []
    for weight in graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.size < SMALLEST_STORED_AS_FLOAT16 or values.tobytes() not in parameters:
            continue
        stored = weight.name + ".float16"
        casts.append(helper.make_node("Cast", [stored], [weight.name], name=weight.name + ".cast", to=onnx.TensorProto.FLOAT))
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), stored))
    nodes = casts + list(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)


def load_weights(model, path):
    """Gives `model` the weights of a file that was exported with it as `network`, to start a training from.

    The export folds the affine part of a normalisation into a product and a sum without the parameters' names;
    their nodes still have the module's.
    """
    graph = onnx.load(path).graph
    stored = {weight.name.removesuffix(".float16"): weight for weight in graph.initializer}
    for node in graph.node:
        if node.op_type in ("Mul", "Add") and node.input[1] in stored:
            module = node.name.strip("/").rpartition("/")[0].replace("/", ".")
            stored[f"{module}.{'weight' if node.op_type == 'Mul' else 'bias'}"] = stored[node.input[1]]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = numpy_helper.to_array(stored["network." + name]).astype(np.float32)
            parameter.copy_(torch.from_numpy(values).view_as(parameter))


def open_session(path, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def check(model, path, example_of, tolerance=1e-4):
    """Compares the file with PyTorch at several batch sizes; returns the largest differences.

    Fails where the same float16 weights give another result, or where a sample's result depends on its batch.
    """
    session = open_session(path)
    rounded = _with_float16_weights(model)
    from_export, from_rounding = 0.0, 0.0
    for count in BATCHES:
        inputs = example_of(count)
        actual = _run(session, inputs)
        from_export = max(from_export, _largest_difference(rounded, inputs, actual))
        from_rounding = max(from_rounding, _largest_difference(model, inputs, actual))
        for row in range(count):
            alone = _run(session, [value[row:row + 1] for value in inputs])
            same = all(np.array_equal(one[0], many[row]) for one, many in zip(alone, actual))
            assert same, f"sample {row} of {count} depends on its batch"
    assert from_export < tolerance, f"the file differs from PyTorch by {from_export}"
    return {"largest difference from PyTorch with the same float16 weights": from_export,
            "largest difference from the float32 weights": from_rounding, "bytes": path.stat().st_size}


def _run(session, inputs):
    return session.run(None, {spec.name: value.numpy() for spec, value in zip(session.get_inputs(), inputs)})


def _with_float16_weights(model):
    rounded = copy.deepcopy(model)
    for value in rounded.parameters():
        if value.numel() >= SMALLEST_STORED_AS_FLOAT16:
            value.data = value.data.half().float()
    return rounded


def _largest_difference(model, inputs, actual):
    with torch.no_grad():
        expected = model(*inputs)
    expected = expected if isinstance(expected, tuple) else (expected,)
    return max(float(np.abs(one.numpy() - other).max()) for one, other in zip(expected, actual))
