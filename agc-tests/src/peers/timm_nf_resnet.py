#!/usr/bin/env python3
"""Writes what NfResNetWeightsTest compares with: timm's own NF-ResNet on random weights.

    python3 -m venv venv && venv/bin/pip install torch numpy
    git clone https://github.com/huggingface/pytorch-image-models
    venv/bin/python agc-tests/src/peers/timm_nf_resnet.py pytorch-image-models agc-tests/src/test/resources

The network is narrow, so that the files are small; otherwise it is timm's class with the settings of its
`nf_resnet` models, in double precision. Weights, gains and biases are random (a new network's gains are 0 at the
end of each branch, which would hide the branches), and some filters are so small that the epsilon of the
standardisation counts. Written are, as safetensors:

    timm-nf-resnet.safetensors        the state dict as F32
    timm-nf-resnet-f16.safetensors    the same, rounded to F16 where it is a gain or bias, and to BF16 where it is a weight
    timm-nf-resnet-outputs.safetensors
        input, label indices' one-hot vectors, logits of the two, and the gradients of the summed cross entropy
        with respect to every array of the first, all as F64
"""
import importlib
import json
import struct
import sys
import types
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

SEED = 20260815
DTYPES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def timm_nfnet(checkout):
    """timm/models/nfnet.py and timm/layers as they are, without what timm needs to load images and to download."""

    def module(name, folder=None, **names):
        made = types.ModuleType(name)
        made.__dict__.update(names)
        if folder is not None:
            made.__path__ = [str(folder)]
        sys.modules[name] = made

    module("torchvision", "")
    module("torchvision.ops", "")
    module("torchvision.ops.misc", FrozenBatchNorm2d=torch.nn.Module)
    module("timm", checkout / "timm")
    module("timm.models", checkout / "timm" / "models")
    module("timm.data", IMAGENET_DEFAULT_MEAN=None, IMAGENET_DEFAULT_STD=None)
    module("timm.models._builder", build_model_with_cfg=None)
    module("timm.models._features_fx", register_notrace_module=lambda each: each)
    module(
        "timm.models._registry",
        generate_default_cfgs=lambda configurations: configurations,
        register_model=lambda function: function,
    )
    module("timm.models._manipulate", checkpoint_seq=None)
    return importlib.import_module("timm.models.nfnet")


def write(path, arrays):
    """The safetensors format: length of the header, header in JSON, arrays in row-major order."""
    header, parts, offset = {"__metadata__": {"format": "pt"}}, [], 0
    for name, array in arrays.items():
        array = array.detach().contiguous()
        data = (array.view(torch.int16) if array.dtype == torch.bfloat16 else array).numpy().tobytes()
        header[name] = {
            "dtype": DTYPES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [offset, offset + len(data)],
        }
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
    print(path, path.stat().st_size)


def randomize(net):
    generator = torch.Generator().manual_seed(SEED)

    def normal(array, deviation, mean=0.0):
        array.copy_(torch.randn(array.shape, generator=generator, dtype=array.dtype) * deviation + mean)

    with torch.no_grad():
        for name, array in net.named_parameters():
            if name.endswith("gain"):
                normal(array, 0.3, 1.0)
            elif name.endswith("bias"):
                normal(array, 0.1)
            elif name == "head.fc.weight":
                normal(array, 0.3)
            else:
                normal(array, 0.2, 0.05)
                array[0] *= 0.01  # a variance that is less than the epsilon
            array.copy_(array.float())


def half(name, array):
    return array.to(torch.bfloat16 if name.endswith("weight") else torch.float16)


def main(checkout, folder):
    nfnet = timm_nfnet(Path(checkout))
    configuration = replace(
        nfnet.model_cfgs["nf_resnet26"],
        depths=(2, 1, 1, 1),
        channels=(8, 16, 32, 64),
        stem_chs=6,
        ch_div=1,
        bottle_ratio=0.25,
    )
    net = nfnet.NormFreeNet(configuration, num_classes=5, in_chans=3).double().eval()
    randomize(net)
    state = net.state_dict()

    # Sides that are odd at the third stage: 35 -> 18 -> 9 -> 9, 5, 3, 2.
    images = torch.randn((3, 3, 35, 42), generator=torch.Generator().manual_seed(SEED + 1), dtype=torch.float64)
    images = images.float().double()
    labels = torch.tensor([4, 0, 2])
    logits = net(images)
    torch.nn.functional.cross_entropy(logits, labels, reduction="sum").backward()
    gradients = {"gradient." + name: array.grad for name, array in net.named_parameters()}

    rounded = {name: half(name, array) for name, array in state.items()}
    other = nfnet.NormFreeNet(configuration, num_classes=5, in_chans=3).double().eval()
    other.load_state_dict({name: array.double() for name, array in rounded.items()})

    folder = Path(folder)
    write(folder / "timm-nf-resnet.safetensors", {name: array.float() for name, array in state.items()})
    write(folder / "timm-nf-resnet-f16.safetensors", rounded)
    write(
        folder / "timm-nf-resnet-outputs.safetensors",
        {
            "input": images,
            "labels": torch.nn.functional.one_hot(labels, 5).double(),
            "logits": logits,
            "logits.f16": other(images),
            **gradients,
        },
    )
    print("largest logit", logits.abs().max().item(), "variances of", np.var(images.numpy()))
    print(sum(array.numel() for array in state.values()), "parameters,", len(state), "arrays")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: timm_nf_resnet.py CHECKOUT_OF_TIMM FOLDER")
    main(*sys.argv[1:])
