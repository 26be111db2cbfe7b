"""Gives a masked language model's ONNX file a reduced head: statistics of chosen rows instead of logits.

    python reduce_head.py PLAIN.onnx -o REDUCED.onnx

The plain graph has an output of logits [batch, length, vocabulary], made by a product with constant weights
(MatMul, Gemm, MatMulNBits) and after it nothing but elementwise operations with constants. The reduced graph
takes one more input, `rows` int64 [rows], numbers b * length + position, gathers those rows before the product,
and answers with `token` int64 [rows] (the most likely id, the lower one of two alike), `p1` float32 [rows] (its
probability) and `p2` float32 [rows] (that of the runner-up). `--bias` adds an input `bias` float32
[vocabulary], added to the logits: -inf forbids an id. `--entropy` adds an output `entropy` float32 [rows], in nats.

Weights in external files are not copied: both graphs name the same files, so REDUCED.onnx belongs into the folder
of PLAIN.onnx. `--check 3x17` then runs both, here with 3 sequences of 17 random ids, and compares; repeatable.
"""
import argparse
import os
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, shape_inference

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

PROJECTIONS = {"MatMul", "Gemm", "MatMulNBits"}
ELEMENTWISE = {"Identity", "Cast", "Add", "Sub", "Mul", "Div", "Tanh"}
OLDEST_OPSET = 15  # Shape has a start since then
REDUCE_MAX_TAKES_AXES = 18  # as an input; an attribute before


class Head:
    """The way from the last hidden states to the logits: a product, and what follows it."""

    def __init__(self, model, logits):
        inferred = shape_inference.infer_shapes(model).graph
        self.shapes = {value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
                       for value in (*inferred.value_info, *inferred.output)}
        self.shapes |= {weight.name: list(weight.dims) for weight in inferred.initializer}
        self.constants = {weight.name for weight in inferred.initializer}
        self.producers = {name: node for node in model.graph.node for name in node.output}
        for node in model.graph.node:
            if all(name in self.constants for name in node.input if name):
                self.constants.update(node.output)
        self.after = []
        value = logits
        while not self._is_product(self._producer(value)):
            node = self._producer(value)
            value = self._input_of(node)
            self.after.insert(0, node)
        self.product = self._producer(value)

    def _producer(self, value):
        if value not in self.producers:
            raise SystemExit(f"expected logits made by a product with constant weights, found them made of {value}")
        return self.producers[value]

    def _is_product(self, node):
        others = node.input[1:]
        return node.op_type in PROJECTIONS and all(name in self.constants for name in others if name)

    def _input_of(self, node):
        """The one input of an operation that treats all rows alike."""
        variable = [name for name in node.input if name not in self.constants]
        if node.op_type == "Reshape":  # from [batch * length, vocabulary] after a Gemm
            return node.input[0]
        constants = [name for name in node.input if name in self.constants]
        rows_alike = all(np.prod(self.shapes.get(name, [0, 0])[:-1]) == 1 for name in constants)
        if node.op_type not in ELEMENTWISE or len(variable) != 1 or not rows_alike:
            raise SystemExit(f"expected a product with constant weights and after it {', '.join(sorted(ELEMENTWISE))} "
                             f"with constants that are the same for all rows, found {node.op_type} ({node.name}); "
                             "--logits names another output")
        return variable[0]


def logits_of(graph, name):
    """The output asked for, or the only one of rank 3."""
    found = [value.name for value in graph.output
             if value.name == name or name is None and len(value.type.tensor_type.shape.dim) == 3]
    if len(found) != 1:
        raise SystemExit(f"expected one output of logits, found {', '.join(found) or 'none'} "
                         f"among {', '.join(value.name for value in graph.output)}: choose with --logits")
    return found[0]


def reduce_head(model, logits=None, bias=False, entropy=False):
    """Rewrites the graph of `model` in place."""
    graph = model.graph
    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    if opset < OLDEST_OPSET:
        raise SystemExit(f"expected opset {OLDEST_OPSET} or newer, found {opset}: export again with a newer one")
    taken = {value.name for value in graph.input} & {"rows", "bias"}
    if taken:
        raise SystemExit(f"the graph has an input {taken.pop()} already: its head is reduced")
    head = Head(model, logits_of(graph, logits))
    nodes, x = _gather(head.product.input[0])
    for node in (head.product, *head.after):
        if node.op_type == "Reshape":
            continue
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = f"reduced/{node.name or node.op_type}"
        before = head.product.input[0] if node is head.product else head._input_of(node)
        copy.input[list(node.input).index(before)] = x
        x = copy.output[0] = f"reduced/{node.output[0]}"
        nodes.append(copy)
    tail, outputs = _statistics(x, opset, bias, entropy)
    _replace(graph, nodes + tail, outputs)
    graph.input.append(helper.make_tensor_value_info("rows", TensorProto.INT64, ["rows"]))
    if bias:
        vocabulary = head.shapes.get(head.after[-1].output[0] if head.after else head.product.output[0], [0])[-1]
        graph.input.append(helper.make_tensor_value_info("bias", TensorProto.FLOAT, [vocabulary or "vocabulary"]))


def _constant(name, values):
    return helper.make_node("Constant", [], [name], value=onnx.numpy_helper.from_array(np.array(values), name))


def _gather(hidden):
    """Nodes that flatten the hidden states to rows and take the chosen ones; the name of the result."""
    return [_constant("reduced/all", np.int64([-1])),
            helper.make_node("Shape", [hidden], ["reduced/width"], start=-1),
            helper.make_node("Concat", ["reduced/all", "reduced/width"], ["reduced/flat"], axis=0),
            helper.make_node("Reshape", [hidden, "reduced/flat"], ["reduced/hidden"]),
            helper.make_node("Gather", ["reduced/hidden", "rows"], ["reduced/rows"], axis=0)], "reduced/rows"


def _statistics(x, opset, bias, entropy):
    """TopK(2) on the logits costs less than ArgMax; ReduceMax of Softmax much less than ReduceLogSumExp."""
    axes = {} if opset >= REDUCE_MAX_TAKES_AXES else {"axes": [1]}
    nodes = [helper.make_node("Cast", [x], ["statistics/float"], to=TensorProto.FLOAT),
             helper.make_node("Add", ["statistics/float", "bias"], ["statistics/logits"]) if bias else
             helper.make_node("Identity", ["statistics/float"], ["statistics/logits"]),
             _constant("statistics/two", np.int64([2])), _constant("statistics/first", np.int64(0)),
             _constant("statistics/second", np.int64(1)), _constant("statistics/axis", np.int64([1])),
             helper.make_node("TopK", ["statistics/logits", "statistics/two"], ["statistics/top", "statistics/ids"],
                              axis=1),
             helper.make_node("Gather", ["statistics/ids", "statistics/first"], ["token"], axis=1),
             helper.make_node("Softmax", ["statistics/logits"], ["statistics/softmax"], axis=1),
             helper.make_node("ReduceMax", ["statistics/softmax", *([] if axes else ["statistics/axis"])], ["p1"],
                              keepdims=0, **axes),
             helper.make_node("Gather", ["statistics/top", "statistics/first"], ["statistics/best"], axis=1),
             helper.make_node("Gather", ["statistics/top", "statistics/second"], ["statistics/next"], axis=1),
             helper.make_node("Sub", ["statistics/next", "statistics/best"], ["statistics/behind"]),
             helper.make_node("Exp", ["statistics/behind"], ["statistics/ratio"]),
             helper.make_node("Mul", ["p1", "statistics/ratio"], ["p2"])]
    outputs = [("token", TensorProto.INT64), ("p1", TensorProto.FLOAT), ("p2", TensorProto.FLOAT)]
    if entropy:
        nodes += [_constant("statistics/least", np.float32(1e-38)),
                  helper.make_node("Max", ["statistics/softmax", "statistics/least"], ["statistics/above-zero"]),
                  helper.make_node("Log", ["statistics/above-zero"], ["statistics/log"]),
                  helper.make_node("Mul", ["statistics/softmax", "statistics/log"], ["statistics/terms"]),
                  helper.make_node("ReduceSum", ["statistics/terms", "statistics/axis"], ["statistics/negative"],
                                   keepdims=0),
                  helper.make_node("Neg", ["statistics/negative"], ["entropy"])]
        outputs.append(("entropy", TensorProto.FLOAT))
    return nodes, [helper.make_tensor_value_info(name, dtype, ["rows"]) for name, dtype in outputs]


def _replace(graph, nodes, outputs):
    """Puts the new outputs in place of all others, and drops what only those needed."""
    kept, needed = [], {value.name for value in outputs}
    for node in reversed([*graph.node, *nodes]):
        if needed.intersection(node.output):
            kept.insert(0, node)
            needed.update(node.input)
            needed.update(name for attribute in node.attribute for name in _named_in(attribute.g))
    weights = [weight for weight in graph.initializer if weight.name in needed]
    fields = (graph.node, kept), (graph.initializer, weights), (graph.output, outputs), (graph.value_info, [])
    for field, values in fields:
        del field[:]
        field.extend(values)


def _named_in(graph):
    """Names that a subgraph may take from outside."""
    return {name for node in graph.node for name in (*node.input, *(n for a in node.attribute for n in _named_in(a.g)))}


def save(plain, reduced, **options):
    """Reads `plain` without its external weights and writes `reduced`, which names the same ones."""
    model = onnx.load(plain, load_external_data=False)
    reduce_head(model, **options)
    reduced.write_bytes(model.SerializeToString())
    onnx.checker.check_model(str(reduced))


def compare(plain, reduced, count, length, seed=0):
    """Runs both on random ids, half of the rows chosen; returns the largest differences of the statistics.

    Fails where a token differs although the plain graph's two best are further apart than rounding.
    """
    from onnx_files import open_session
    one, other = open_session(plain), open_session(reduced)
    draw = np.random.default_rng(seed)
    logits_name = logits_of(onnx.load(plain, load_external_data=False).graph, None)
    inputs = {value.name: np.ones((count, length), np.int64) for value in one.get_inputs()}
    vocabulary = next(value.shape[-1] for value in one.get_outputs() if value.name == logits_name)
    ids = "input_ids" if "input_ids" in inputs else one.get_inputs()[0].name
    inputs[ids] = draw.integers(vocabulary if isinstance(vocabulary, int) else 100, size=(count, length))
    rows = np.sort(draw.permutation(count * length)[:max(1, count * length // 2)])
    logits = one.run([logits_name], inputs)[0].astype(np.float64).reshape(count * length, -1)[rows]
    every = inputs | {"rows": rows, "bias": np.zeros(logits.shape[1], np.float32)}
    answers = other.run(None, {value.name: every[value.name] for value in other.get_inputs()})
    answers = dict(zip((value.name for value in other.get_outputs()), answers))
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    best = np.sort(p, 1)[:, ::-1]
    wrong = (answers["token"] != logits.argmax(1)) & (best[:, 0] - best[:, 1] > 1e-5)
    if wrong.any():
        raise SystemExit(f"{count}x{length}: {wrong.sum()} of {len(rows)} tokens differ from the plain graph's")
    differences = {"p1": np.abs(answers["p1"] - best[:, 0]).max(), "p2": np.abs(answers["p2"] - best[:, 1]).max()}
    if "entropy" in answers:
        differences["entropy"] = np.abs(answers["entropy"] + (p * np.log(p.clip(1e-300))).sum(1)).max()
    return {name: float(value) for name, value in differences.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plain", type=Path, metavar="PLAIN.onnx")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="REDUCED.onnx")
    parser.add_argument("--logits", metavar="NAME", help="the output of logits, where several have rank 3")
    parser.add_argument("--bias", action="store_true", help="an input added to the logits, to suppress ids")
    parser.add_argument("--entropy", action="store_true", help="an output of each row's entropy")
    parser.add_argument("--check", action="append", default=[], metavar="BATCHxLENGTH",
                        help="compare with the plain graph")
    arguments = parser.parse_args()
    save(arguments.plain, arguments.output, logits=arguments.logits, bias=arguments.bias, entropy=arguments.entropy)
    for size in arguments.check:
        print(size, compare(arguments.plain, arguments.output, *map(int, size.split("x"))))


if __name__ == "__main__":
    main()
