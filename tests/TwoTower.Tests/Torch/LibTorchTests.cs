using Retraining.Execution;
using Retraining.TorchSharp;

namespace TwoTower.Tests.Torch;

public sealed class LibTorchTests
{
    [Fact]
    public void Explain_OldStandardLibrary_SaysWhichVersionLacksAndWhatHasIt() => Assert.Equal(
        "libtorch does not load: this machine's libstdc++.so.6 has no GLIBCXX_3.4.32, expected that of Debian 13, Ubuntu 24.04 or newer",
        LibTorch.Explain(
            """
            Unable to load shared library 'LibTorchSharp' or one of its dependencies.
            /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)
            libLibTorchSharp: cannot open shared object file: No such file or directory
            """));

    [Fact]
    public void Explain_Otherwise_KeepsTheLoadersWords() => Assert.Equal(
        "libtorch does not load, expected its package beside TorchSharp (build with -p:TorchBundle=…): libtorch_cpu.so: cannot open",
        LibTorch.Explain("libtorch_cpu.so: cannot open"));

    [Fact]
    public void Open_LibraryOnThisMachine_OpensOrSaysWhyNot()
    {
        var fault = Record.Exception(() => TorchSteps.Open("cpu"));

        Assert.Equal(LibTorch.Fault is { } why ? $"training.trainer: torch, but {why}" : null, fault?.Message);
        Assert.True(fault is null or PermanentStageException);
    }
}
