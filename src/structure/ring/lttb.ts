/**
 * Largest-Triangle-Three-Buckets: picks `points` of `length` points so that a line drawn through them looks like the
 * whole one. The first and the last stay; the others are cut into `points - 2` buckets of equal length, and of each the
 * point is taken that makes the largest triangle with the one taken before and the mean of the next bucket
 * (Steinarsson, "Downsampling Time Series for Visual Representation", 2013). O(length). Gaps (NaN) are passed over.
 *
 * @returns the places of the points, rising; all places with a number when there are no more than `points`
 */
export function lttb(
  length: number,
  x: (place: number) => number,
  y: (place: number) => number,
  points: number,
): Uint32Array {
  const places = new Uint32Array(length);
  let count = 0;
  for (let place = 0; place < length; place++) {
    if (Number.isNaN(y(place))) continue;
    places[count] = place;
    count += 1;
  }
  const line = places.subarray(0, count);
  if (count <= points) return line.slice();
  if (points < 2) return line.slice(count - points);
  return pickByTriangles(line, x, y, points);
}

function pickByTriangles(
  line: Uint32Array,
  x: (place: number) => number,
  y: (place: number) => number,
  points: number,
): Uint32Array {
  const picked = new Uint32Array(points);
  const every = (line.length - 2) / (points - 2);
  const begin = (bucket: number): number => Math.floor(bucket * every) + 1;
  let last = line[0] as number;
  picked[0] = last;
  for (let bucket = 0; bucket < points - 2; bucket++) {
    const end = begin(bucket + 1);
    const nextEnd = Math.min(begin(bucket + 2), line.length);
    let meanX = 0;
    let meanY = 0;
    for (let i = end; i < nextEnd; i++) {
      meanX += x(line[i] as number);
      meanY += y(line[i] as number);
    }
    meanX /= nextEnd - end;
    meanY /= nextEnd - end;
    const fromX = x(last);
    const fromY = y(last);
    let largest = -1;
    for (let i = begin(bucket); i < end; i++) {
      const place = line[i] as number;
      const area = Math.abs((fromX - meanX) * (y(place) - fromY) - (fromX - x(place)) * (meanY - fromY));
      if (area <= largest) continue;
      largest = area;
      last = place;
    }
    picked[bucket + 1] = last;
  }
  picked[points - 1] = line[line.length - 1] as number;
  return picked;
}
