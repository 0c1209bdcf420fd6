/** Names of the work, as the table has them. */
export const workloads = {
  load: 'first load of a CSV',
  sameFile: 'the same file again',
  sameRows: 'reload: the same rows in a file whose bytes differ',
  forced: 'reload: the same file, every row read (`--force`)',
  onePercent: 'reload: 1 % of the prices changed',
  allPrices: 'reload: all prices changed',
  shuffled: 'reload: the same rows in another order',
  readShared: 'reading an XLSX with shared strings',
  readInline: 'reading an XLSX with inline strings',
  loadShared: 'first load of an XLSX with shared strings',
  loadInline: 'first load of an XLSX with inline strings',
} as const
