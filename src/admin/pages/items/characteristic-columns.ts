/** More would leave no room for the names. */
const columnsMax = 5

/**
 * The characteristics that most of these items have, the most frequent first: those that are worth a column. One that
 * few have is seen on the item's own page.
 */
export function characteristicColumns(
  items: readonly { characteristics: Readonly<Record<string, string>> }[],
): string[] {
  const counts = new Map<string, number>()
  for (const { characteristics } of items)
    for (const name of Object.keys(characteristics)) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .filter(([, count]) => count * 2 > items.length)
    .sort(([a, aCount], [b, bCount]) => bCount - aCount || (a < b ? -1 : 1))
    .slice(0, columnsMax)
    .map(([name]) => name)
}
