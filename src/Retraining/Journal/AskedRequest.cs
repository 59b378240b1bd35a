namespace Retraining.Journal;

/// <summary>A request as its journals' home keeps it until it is answered.</summary>
/// <param name="Id">Names it in the journal's record of its answer, so that none is answered twice.</param>
public sealed record AskedRequest(string Id, ControlRequest Request);
