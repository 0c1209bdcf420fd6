/**
 * The condition for items `i` that come after one in the order of supplier and key. Among those of one supplier it
 * bounds the key alone, or both engines would walk all of the supplier's items up to there.
 * @param parameter adds a value and gives its place
 */
export function afterKeySql(
  [supplierNo, itemKey]: readonly [number, string],
  supplierId: string | undefined,
  parameter: (value: string | number) => string,
): string {
  const no = parameter(supplierNo)
  const key = parameter(itemKey)
  if (supplierId === undefined) return `(i.supplier_no, i.item_key) > (${no}, ${key})`
  // A page of another supplier may have been handed in: all of this one's come after it, or none.
  return `i.item_key > (select case when s.no = ${no} then ${key} when s.no > ${no} then '' end
    from suppliers as s where s.id = ${parameter(supplierId)})`
}
