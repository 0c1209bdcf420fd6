/**
 * Keeps what was made for each key. Making one of Intl's formatters costs as much as some hundred uses of it, and a
 * page of a list has hundreds of numbers and instants.
 * @param make pure; its keys are few, such as locales and currencies
 */
export function kept<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}
