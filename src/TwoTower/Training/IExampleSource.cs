namespace TwoTower.Training;

/// <summary>Where the trainer's examples come from. Step s of epoch e is a pure function of (seed, e, s), so training can resume at any step.</summary>
public interface IExampleSource
{
    /// <summary>Width of a user row.</summary>
    int UserColumns { get; }

    /// <summary>Optimiser steps in one epoch, at least 1.</summary>
    int StepsPerEpoch { get; }

    /// <summary>For each item of the catalogue the probability that a drawn target is this item; sums to 1. The logQ correction uses it.</summary>
    ReadOnlySpan<float> TargetProbability { get; }

    /// <summary>Parts of a step that can be made side by side; the same for every step.</summary>
    int Parts => 1;

    /// <summary>Fills <paramref name="batch"/> (cleared first) with the examples of one step. Thread-safe for different batches.</summary>
    void Fill(int epoch, int step, TrainingBatch batch);

    /// <summary>
    /// Appends one part of a step to an empty batch; parts 0, 1, … one after the other are what <see cref="Fill"/> gives. Thread-safe for
    /// different batches.
    /// </summary>
    void Append(int epoch, int step, int part, TrainingBatch batch) => Fill(epoch, step, batch);

    /// <summary>
    /// What the examples of a step are made of, for people who look for what went wrong; empty where the source cannot tell.
    /// </summary>
    /// <returns>As in <c>users a, b, c and 253 more</c>.</returns>
    string Describe(int epoch, int step) => "";
}
