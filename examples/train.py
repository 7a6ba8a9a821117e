#!/usr/bin/env python3
"""Trains a small neural network, with Python's standard library alone, so that it runs anywhere.

The data are two interleaved half circles with noise ("two moons"); the network has one hidden layer and is trained
by plain gradient descent on mini-batches. It says where it runs and which GPUs it was given, then the loss of each
epoch as it goes. It computes on the CPU: what it shows is how a job finds out what it may use.
"""

import argparse
import math
import os
import random
import socket
import sys


def parse_arguments():
    parser = argparse.ArgumentParser(description="Train a small network on two moons.")
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--samples", type=int, default=800)
    parser.add_argument("--hidden", type=int, default=16)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--learning-rate", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def two_moons(count, rng):
    """Points of the two half circles as ((x, y), label), in random order."""
    points = []
    for index in range(count):
        angle = math.pi * rng.random()
        label = index % 2
        x, y = math.cos(angle), math.sin(angle)
        if label == 1:
            x, y = 1.0 - x, 0.5 - y
        points.append(((x + rng.gauss(0, 0.12), y + rng.gauss(0, 0.12)), label))
    rng.shuffle(points)
    return points


def sigmoid(value):
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


class Network:
    """Two inputs, one hidden layer of tanh units, one sigmoid output."""

    def __init__(self, hidden, rng):
        self.inner = [[rng.gauss(0, 1), rng.gauss(0, 1), 0.0] for _ in range(hidden)]
        self.outer = [rng.gauss(0, 1 / math.sqrt(hidden)) for _ in range(hidden)]
        self.bias = 0.0

    def forward(self, point):
        x, y = point
        hidden = [math.tanh(a * x + b * y + c) for a, b, c in self.inner]
        return hidden, sigmoid(sum(w * h for w, h in zip(self.outer, hidden)) + self.bias)

    def train(self, batch, rate):
        """One step of gradient descent on the mean cross-entropy of a batch; returns its sum."""
        inner = [[0.0, 0.0, 0.0] for _ in self.inner]
        outer = [0.0] * len(self.outer)
        bias = loss = 0.0
        for point, label in batch:
            hidden, output = self.forward(point)
            loss -= math.log(max(output if label else 1.0 - output, 1e-12))
            error = output - label
            bias += error
            for unit, value in enumerate(hidden):
                outer[unit] += error * value
                back = error * self.outer[unit] * (1.0 - value * value)
                inner[unit][0] += back * point[0]
                inner[unit][1] += back * point[1]
                inner[unit][2] += back
        step = rate / len(batch)
        self.bias -= step * bias
        for unit, gradient in enumerate(outer):
            self.outer[unit] -= step * gradient
            for weight in range(3):
                self.inner[unit][weight] -= step * inner[unit][weight]
        return loss

    def accuracy(self, points):
        right = sum((self.forward(point)[1] >= 0.5) == bool(label) for point, label in points)
        return right / len(points)


def say(text):
    """Prints at once, also into a file or a pipe."""
    print(text, flush=True)


def main():
    arguments = parse_arguments()
    task = os.environ.get("SLURM_ARRAY_TASK_ID")
    say(f"job    {os.environ.get('SLURM_JOB_ID', 'none')}" + (f" (array task {task})" if task else ""))
    say(f"host   {socket.gethostname()} as node {os.environ.get('SLURMD_NODENAME', 'none')}")
    say(f"GPUs   {os.environ.get('CUDA_VISIBLE_DEVICES') or 'none'}")
    say(f"UUIDs  {os.environ.get('MGPU_GPU_UUIDS') or 'none'}")

    rng = random.Random(arguments.seed)
    points = two_moons(arguments.samples, rng)
    held_out = points[: len(points) // 4]
    training = points[len(points) // 4 :]
    network = Network(arguments.hidden, rng)
    for epoch in range(1, arguments.epochs + 1):
        rng.shuffle(training)
        loss = 0.0
        for first in range(0, len(training), arguments.batch):
            loss += network.train(training[first : first + arguments.batch], arguments.learning_rate)
        say(f"epoch {epoch:3d}  loss {loss / len(training):.4f}")
    say(f"accuracy {network.accuracy(held_out):.3f} on {len(held_out)} points it has not seen")
    return 0


if __name__ == "__main__":
    sys.exit(main())
