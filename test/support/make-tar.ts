const BLOCK = 512;

/** A tar archive in memory, as `tar --format=ustar` writes it; names over 100 bytes get a pax header. */
export function makeTar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const record = ` path=${path}\n`;
    const size = record.length + String(record.length + 2).length;
    return path.length > 100
      ? [...entry('PaxHeader', 'x', `${size}${record}`), ...entry(path.slice(0, 100), '0', text)]
      : entry(path, '0', text);
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function entry(path: string, type: string, text: string): Buffer[] {
  const body = Buffer.from(text);
  const header = Buffer.alloc(BLOCK);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((a, b) => a + b, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
}
