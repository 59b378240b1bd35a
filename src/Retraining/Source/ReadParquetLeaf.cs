using TwoTower.Parquet;

namespace Retraining.Source;

/// <summary>
/// Reads a leaf of a row group whose codec or encoding <see cref="ParquetReader"/> does not know. Only builds with Parquet.Net have one.
/// </summary>
/// <param name="file">Seekable, read from anywhere; not closed.</param>
/// <returns>What <see cref="ParquetReader.ReadEntriesAsync"/> gives, but that texts may come as characters, and INT96 as dates.</returns>
/// <exception cref="InvalidDataException">The file is broken.</exception>
/// <exception cref="ParquetCodingException">This one does not know it either.</exception>
public delegate Task<ParquetEntries> ReadParquetLeaf(Stream file, int rowGroup, ParquetLeaf leaf, CancellationToken cancellationToken);
