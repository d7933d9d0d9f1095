// What a reader meant when a word is not known: the nearest known word, by edit distance.

/** The smallest number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  let beforeLast = new Array<number>(width).fill(0);
  let last = Array.from({ length: width }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(width).fill(i);
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, beforeLast[j - 2]! + 1);
      row[j] = best;
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Letters and digits only, in lower case: `RAMWeigher`, `ram_weigher` and `ram-weigher` are one word to a reader. */
function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** The candidate nearest to `word`, or null when none is near (more than a third of its letters differ). Ties keep the candidates' order. */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  const wanted = plain(word);
  if (wanted === "" || word.length > 100) return null;
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = plain(candidate);
    const limit = Math.max(1, Math.floor(Math.max(wanted.length, known.length) / 3));
    if (Math.abs(wanted.length - known.length) > limit) continue;
    // The words as written break ties, so that among `MB` and `Mb` the reader's own spelling wins.
    const distance = editDistance(wanted, known) + editDistance(word, candidate) / 1000;
    if (distance < limit + 1 && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint for an unknown word: `did you mean "x"?`, else the known words when there are few enough to read, else nothing. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = didYouMean(word, candidates);
  if (near !== null) return `did you mean "${near}"?`;
  if (candidates.length === 0) return "";
  if (candidates.length <= 24) return `known: ${candidates.join(", ")}`;
  return `known: ${candidates.slice(0, 20).join(", ")} and ${candidates.length - 20} more`;
}
