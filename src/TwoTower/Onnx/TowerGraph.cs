using TwoTower.Model;

namespace TwoTower.Onnx;

/// <summary>One tower of an ONNX file.</summary>
/// <param name="Prefix">Starts the names of its weights and nodes: <c>user</c> or <c>item</c>.</param>
/// <param name="InputName">float32 [batch, input_dim].</param>
/// <param name="OutputName">float32 [batch, embedding_dim], unit vectors.</param>
public sealed record TowerGraph(string Prefix, Tower Tower, string InputName, string OutputName);
