"""The recipe of the paper, run with PyTorch in double precision: momentum(AGC(g) + c W).

The AGC is that of SGD_AGC in DeepMind's nfnets/optim.py (Apache-2.0, DeepMind Technologies Limited) for layers without
convolutions: weights are [in, out], a unit is a column, vectors are one unit. As in nfnets/experiment_nfnets.py the weights
of the head are not clipped, its bias is, and weights are decayed, the head's included, and biases are not. The rest is
torch.optim.SGD.

    python reference_recipe.py > ../test/resources/reference-recipe.json
"""

import json

import torch

CLIPPING = 0.05
EPSILON = 1e-3
STEPS = 12


def unitwise_norm(x):
    if len(x.squeeze().shape) <= 1:  # scalars and vectors
        return x.pow(2).sum().sqrt()
    if len(x.shape) in (2, 3):  # linear layers of shape IO
        return x.pow(2).sum(dim=0, keepdim=True).sqrt()
    raise ValueError(f"no linear layer: {tuple(x.shape)}")


def clip(grad, param):
    """Returns the clipped gradient, and which units were clipped."""
    max_norm = unitwise_norm(param).clamp(min=EPSILON) * CLIPPING
    grad_norm = unitwise_norm(grad)
    trigger = grad_norm > max_norm
    clipped_grad = grad * (max_norm / grad_norm.clamp(min=1e-6))
    return torch.where(trigger, clipped_grad, grad), trigger


def run(initial, batches, momentum, nesterov, weight_decay, learning_rate):
    parameters = {name: value.clone().requires_grad_() for name, value in initial.items()}
    weights = [value for name, value in parameters.items() if name.endswith("W")]
    others = [value for name, value in parameters.items() if not name.endswith("W")]
    optimizer = torch.optim.SGD(
        [{"params": weights, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0}],
        lr=learning_rate, momentum=momentum, nesterov=nesterov)
    states, clipped, units = [], 0, 0
    for features, labels in batches:
        hidden = torch.tanh(features @ parameters["0_W"] + parameters["0_b"])
        hidden = torch.tanh(hidden @ parameters["1_W"] + parameters["1_b"])
        logits = hidden @ parameters["2_W"] + parameters["2_b"]
        loss = torch.nn.functional.cross_entropy(logits, labels)
        optimizer.zero_grad()
        loss.backward()
        for name, parameter in parameters.items():
            if name != "2_W":
                parameter.grad, trigger = clip(parameter.grad, parameter.detach())
                clipped += int(trigger.sum())
                units += trigger.numel()
        optimizer.step()
        states.append({name: value.detach().flatten().tolist() for name, value in parameters.items()})
    return {"clippedUnits": clipped, "units": units, "parameters": states}


def main():
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(1)
    shapes = {"0_W": (4, 6), "0_b": (6,), "1_W": (6, 5), "1_b": (5,), "2_W": (5, 3), "2_b": (3,)}
    initial = {name: 0.5 * torch.randn(shape) for name, shape in shapes.items()}
    batches = [(torch.randn(8, 4), torch.randint(3, (8,))) for _ in range(STEPS)]
    recipes = [
        {"momentum": 0.0, "nesterov": False, "weightDecay": 0.02, "learningRate": 0.5},
        {"momentum": 0.9, "nesterov": True, "weightDecay": 0.02, "learningRate": 0.1},
        {"momentum": 0.9, "nesterov": True, "weightDecay": 2e-5, "learningRate": 0.1},
    ]
    for recipe in recipes:
        recipe.update(run(initial, batches, recipe["momentum"], recipe["nesterov"],
                          recipe["weightDecay"], recipe["learningRate"]))
    print(json.dumps({
        "versions": {"torch": torch.__version__},
        "order": "c",
        "clipping": CLIPPING,
        "epsilon": EPSILON,
        "initial": {name: value.flatten().tolist() for name, value in initial.items()},
        "batches": [{"features": f.flatten().tolist(), "labels": l.tolist()} for f, l in batches],
        "recipes": recipes,
    }))


if __name__ == "__main__":
    main()
