import { type FormEvent, useId, useState } from 'react'
import { useChange } from '../../api/use-change.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorLine } from '../../ui/error-state.tsx'
import { Input, Select } from '../../ui/field.tsx'
import { choiceOf, chosenOf, type Supplier, textOrNull } from './supplier.ts'
import { ZoneInput } from './zone-input.tsx'

/** Adds a supplier, or changes one. @param etag of what is changed, as it was seen */
export function SupplierDialog({ isOpen, ...form }: { isOpen: boolean } & FormProps) {
  return isOpen ? <SupplierForm {...form} /> : null
}

interface FormProps {
  /** Null: a new one. */
  supplier: Supplier | null
  etag?: string | undefined
  onClose(): void
  onDone(supplier: Supplier): void
}

function SupplierForm({ supplier, etag, onClose, onDone }: FormProps) {
  const id = useId()
  // What somebody else changes meanwhile is not written over: the tag is the one that was seen.
  const [seen] = useState(etag)
  const [name, setName] = useState(supplier?.name ?? '')
  const [currency, setCurrency] = useState(supplier?.currency ?? '')
  const [country, setCountry] = useState(supplier?.country ?? '')
  const [zone, setZone] = useState(supplier?.time_zone ?? '')
  const [analyzer, setAnalyzer] = useState<string>(choiceOf(supplier?.uses_analyzer ?? null))
  const add = useChange('POST', '/api/v1/suppliers', {
    done: ({ name: added }) => `${added} is added.`,
    showsErrors: true,
    isKeyed: true,
    onDone,
  })
  const edit = useChange('PATCH', '/api/v1/suppliers/:id', { done: 'Saved.', showsErrors: true, onDone })
  const { error, isRunning } = supplier === null ? add : edit
  const send = (event: FormEvent) => {
    event.preventDefault()
    const body = {
      name: name.trim(),
      currency: textOrNull(currency.toUpperCase()),
      country: textOrNull(country.toUpperCase()),
      time_zone: textOrNull(zone),
      uses_analyzer: chosenOf(analyzer),
    }
    if (supplier === null) add.run({ body })
    else edit.run({ params: { id: supplier.id }, body }, { ifMatch: seen })
  }
  return (
    <Dialog
      isOpen
      title={supplier === null ? 'Add a supplier' : `Edit ${supplier.name}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form={id} isBusy={isRunning}>
            {supplier === null ? 'Add supplier' : 'Save'}
          </Button>
        </>
      }
    >
      <form id={id} onSubmit={send} className="space-y-4">
        <Input
          label="Name"
          required
          autoFocus
          autoComplete="off"
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <div className="grid gap-4 sm:grid-cols-2">
          <Input
            label="Currency"
            isOptional
            hint="Where its lists do not say."
            placeholder="EUR"
            maxLength={3}
            value={currency}
            onChange={(event) => setCurrency(event.target.value)}
          />
          <Input
            label="Country"
            isOptional
            hint="Two letters."
            placeholder="DE"
            maxLength={2}
            value={country}
            onChange={(event) => setCountry(event.target.value)}
          />
        </div>
        <ZoneInput value={zone} hint="Of the schedules of its sources." onChange={setZone} />
        <Select
          label="Process via analyzer (ML)"
          value={analyzer}
          choices={[
            { value: 'usual', label: 'As the service is set up' },
            { value: 'yes', label: 'On' },
            { value: 'no', label: 'Off' },
          ]}
          onChange={(event) => setAnalyzer(event.target.value)}
        />
        <ErrorLine error={error} />
      </form>
    </Dialog>
  )
}
