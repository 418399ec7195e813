namespace Quickstart;

/// <summary>What an inspector would write on the part's card; the classes of the set.</summary>
internal enum PartCondition
{
    Good,
    Scratched,
    Dented,
    MissingHole,
}
