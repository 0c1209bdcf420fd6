import { useState } from 'react'
import { type FieldProps, Textarea } from './field.tsx'

/** Whatever JSON can say, as text; it is taken over once it can be read. */
export function JsonField({
  value,
  onChange,
  hint,
  error,
  ...field
}: FieldProps & { value: unknown; onChange(value: unknown): void }) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)))
  const [isBroken, setBroken] = useState(false)
  return (
    <Textarea
      {...field}
      hint={<>{hint} As JSON.</>}
      error={isBroken ? 'This is not JSON yet.' : error}
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.target.value)
        if (event.target.value.trim() === '') {
          setBroken(false)
          onChange(undefined)
          return
        }
        try {
          onChange(JSON.parse(event.target.value))
          setBroken(false)
        } catch {
          setBroken(true)
        }
      }}
    />
  )
}
