import { jobPhases, jobStates } from '../../../imports/model.ts'
import type { Query } from '../../api/routes.ts'
import { type AddressState, useAddressState } from '../../api/use-address-state.ts'
import { useRead } from '../../api/use-read.ts'
import { sentenceCase } from '../../format/words.ts'
import { ChoiceFilter, FilterBar } from '../../ui/filter-bar.tsx'
import { SupplierFilter } from '../suppliers/supplier-filter.tsx'

const names = ['status', 'phase', 'cause', 'supplier_id', 'source_id', 'discarded'] as const
type JobFilter = AddressState<(typeof names)[number]>

/** What narrows the list of jobs; it lives in the address. */
export function useJobFilter() {
  return useAddressState(names)
}

/** The same as the API takes it; what is no state or phase at all is left to it to say. */
export function jobQuery({
  status,
  phase,
  cause,
  supplier_id,
  source_id,
  discarded,
}: JobFilter): Query<'/api/v1/jobs'> {
  return {
    ...(status !== undefined && { status: status as (typeof jobStates)[number] }),
    ...(phase !== undefined && { phase: phase as (typeof jobPhases)[number] }),
    ...(cause !== undefined && { cause }),
    ...(supplier_id !== undefined && { supplier_id }),
    ...(source_id !== undefined && { source_id }),
    ...(discarded !== undefined && { discarded: discarded === 'true' }),
  }
}

/** Narrows the list of jobs by state, phase, cause and supplier. */
export function JobFilters() {
  const [filter, setFilter] = useJobFilter()
  const dead = useRead('/api/v1/dead-letters', {})
  const causes = new Set(dead.data?.dead_letters.map(({ cause }) => cause))
  if (filter.cause !== undefined) causes.add(filter.cause)
  const isSet = names.some((name) => filter[name] !== undefined)
  return (
    <FilterBar
      onClear={isSet ? () => setFilter(Object.fromEntries(names.map((name) => [name, null]))) : null}
    >
      <ChoiceFilter
        label="State"
        value={filter.status ?? ''}
        choices={[
          { value: '', label: 'All states' },
          ...jobStates.map((value) => ({ value, label: sentenceCase(value) })),
        ]}
        onChange={(status) => setFilter({ status })}
      />
      <ChoiceFilter
        label="Phase"
        value={filter.phase ?? ''}
        choices={[
          { value: '', label: 'All phases' },
          ...jobPhases.map((value) => ({ value, label: sentenceCase(value) })),
        ]}
        onChange={(phase) => setFilter({ phase })}
      />
      <ChoiceFilter
        label="Cause"
        value={filter.cause ?? ''}
        choices={[
          { value: '', label: 'All causes' },
          ...[...causes].map((value) => ({ value, label: value })),
        ]}
        onChange={(cause) => setFilter({ cause })}
      />
      <SupplierFilter
        value={filter.supplier_id ?? ''}
        onChange={(supplier_id) => setFilter({ supplier_id })}
      />
    </FilterBar>
  )
}
