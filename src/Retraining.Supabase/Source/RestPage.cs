using System.Text.Json;

namespace Retraining.Supabase.Source;

/// <summary>Rows that one request gave; valid until the next page is asked for.</summary>
/// <param name="Rows">At least one, objects all of them.</param>
/// <param name="Next">Where the next page begins.</param>
internal sealed record RestPage(IReadOnlyList<JsonElement> Rows, RestCursor Next);
