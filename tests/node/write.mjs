// node write.mjs FOLDER TO CODEC: writes the JSON tables in FOLDER as Parquet with a writer from npm.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteFile } from 'hyparquet-writer';

const [folder, to, codec] = process.argv.slice(2);
const compressors = { GZIP: (input) => new Uint8Array(gzipSync(input)) };
const leaf = (name, type) => [{ name, repetition_type: 'OPTIONAL', ...type }];
const text = (name) => leaf(name, { type: 'BYTE_ARRAY', converted_type: 'UTF8' });
const uuid = (name) => leaf(name, { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } });
const number = (name) => leaf(name, { type: 'DOUBLE' });
const flag = (name) => leaf(name, { type: 'BOOLEAN' });
const time = (name) => leaf(name, { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } });
const list = (name) => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...text('element'),
];

const tables = {
  profiles: [uuid('user_id'), text('display_name'), time('created_at')],
  videos: [uuid('id'), text('title'), number('price'), number('duration_seconds'), text('maker'), time('product_released_at'),
    number('safety_level'), flag('is_active'), list('region_codes'), list('tags'), list('performers')],
  user_video_decisions: [uuid('user_id'), uuid('video_id'), text('decision_type'), time('created_at'), number('weight')],
};

for (const [name, columns] of Object.entries(tables)) {
  const rows = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const value = (column, row) => {
    const found = row[column[0].name] ?? null;
    if (column.length > 1) return found?.map((element) => element?.name ?? element);
    return found !== null && column[0].logical_type?.type === 'TIMESTAMP' ? new Date(found) : found;
  };
  const columnData = columns.map((column) => ({ name: column[0].name, data: rows.map((row) => value(column, row)) }));
  const schema = [{ name: 'root', num_children: columns.length }, ...columns.flat()];
  parquetWriteFile({ filename: join(to, `${name}.parquet`), columnData, schema, codec, compressors, rowGroupSize: 7 });
}
