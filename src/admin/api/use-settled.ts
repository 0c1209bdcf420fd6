import { useEffect, useState } from 'react'

/** A value once it has stood for a moment, so that not every key that is pressed asks the service something. */
export function useSettled<Value>(value: Value, settleMs = 150): Value {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), settleMs)
    return () => clearTimeout(timer)
  }, [value, settleMs])
  return settled
}
