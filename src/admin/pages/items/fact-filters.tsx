import { type FormEvent, useEffect, useId, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Input, Select } from '../../ui/field.tsx'
import type { Item } from './items-page.tsx'

interface Facts {
  category?: string | undefined
  brand?: string | undefined
  price_from?: string | undefined
  price_to?: string | undefined
  characteristic?: string | undefined
}
type Change = Record<'category' | 'brand' | 'price_from' | 'price_to' | 'characteristic', string | null>

const none: Change = { category: null, brand: null, price_from: null, price_to: null, characteristic: null }

/** Category, brand, price and one characteristic: exact facts, offered as the items on screen have them. */
export function FactFilters({
  filter,
  items,
  isOpen,
  onOpen,
  onChange,
}: {
  filter: Facts
  items: readonly Item[]
  isOpen: boolean
  onOpen(isOpen: boolean): void
  onChange(change: Change): void
}) {
  const set = [filter.category, filter.brand, priceText(filter), filter.characteristic].filter(Boolean)
  return (
    <>
      <Button icon="filter" onClick={() => onOpen(true)}>
        {set.length === 0 ? 'More filters' : set.join(', ')}
      </Button>
      <Dialog isOpen={isOpen} title="Filter items" onClose={() => onOpen(false)}>
        <FactForm
          filter={filter}
          items={items}
          onSend={(change) => {
            onChange(change)
            onOpen(false)
          }}
        />
      </Dialog>
    </>
  )
}

function FactForm({
  filter,
  items,
  onSend,
}: {
  filter: Facts
  items: readonly Item[]
  onSend(change: Change): void
}) {
  const id = useId()
  const [category, setCategory] = useState(filter.category ?? '')
  const [brand, setBrand] = useState(filter.brand ?? '')
  const [from, setFrom] = useState(filter.price_from ?? '')
  const [to, setTo] = useState(filter.price_to ?? '')
  const [name = '', ...rest] = (filter.characteristic ?? '').split('=')
  const [key, setKey] = useState(name)
  const [value, setValue] = useState(rest.join('='))
  const keys = distinct(items.flatMap(({ characteristics }) => Object.keys(characteristics)))
  const names = key === '' || keys.includes(key) ? keys : [key, ...keys]
  useEffect(() => {
    if (key === '') setValue('')
  }, [key])
  const send = (event: FormEvent) => {
    event.preventDefault()
    onSend({
      category: category.trim() || null,
      brand: brand.trim() || null,
      price_from: plainPrice(from),
      price_to: plainPrice(to),
      characteristic: key !== '' && value !== '' ? `${key}=${value}` : null,
    })
  }
  return (
    <form onSubmit={send} className="space-y-4">
      <Input
        label="Category"
        hint="With all below it; levels are joined by ' > '."
        list={`${id}-categories`}
        value={category}
        onChange={(event) => setCategory(event.target.value)}
      />
      <Choices id={`${id}-categories`} of={items.map((item) => item.category)} />
      <Input
        label="Brand"
        list={`${id}-brands`}
        value={brand}
        onChange={(event) => setBrand(event.target.value)}
      />
      <Choices id={`${id}-brands`} of={items.map((item) => item.brand)} />
      <div className="grid grid-cols-2 gap-3">
        <Input
          label="Costs at least"
          inputMode="decimal"
          pattern={pricePattern}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Input
          label="At most"
          inputMode="decimal"
          pattern={pricePattern}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </div>
      <div className="grid grid-cols-2 gap-3">
        <Select
          label="Characteristic"
          value={key}
          choices={[{ value: '', label: 'Any' }, ...names.map((each) => ({ value: each, label: each }))]}
          onChange={(event) => setKey(event.target.value)}
        />
        <Input
          label="is exactly"
          disabled={key === ''}
          list={`${id}-values`}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <Choices id={`${id}-values`} of={items.map(({ characteristics }) => characteristics[key])} />
      </div>
      <div className="flex justify-end gap-2">
        <Button onClick={() => onSend(none)}>Clear</Button>
        <Button type="submit" look="primary">
          Filter
        </Button>
      </div>
    </form>
  )
}

function Choices({ id, of: texts }: { id: string; of: readonly (string | null | undefined)[] }) {
  return (
    <datalist id={id}>
      {distinct(texts).map((text) => (
        <option key={text} value={text} />
      ))}
    </datalist>
  )
}

function distinct(texts: readonly (string | null | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text != null && text !== ''))].sort() as string[] // Nulls are filtered out.
}

/** As people type a price: 12, 12.5 or 12,50. */
const pricePattern = '\\s*\\d{1,12}([.,]\\d{1,4})?\\s*'

/** "12,50" → "12.50", as the API takes it; null for nothing. */
const plainPrice = (text: string) =>
  text
    .trim()
    .replace(',', '.')
    .replace(/^0+(?=\d)/, '') || null

function priceText({ price_from: from, price_to: to }: Facts): string | null {
  if (from && to) return `${from}–${to}`
  return from ? `from ${from}` : to ? `up to ${to}` : null
}
