import type { ChangeBody } from '../../api/routes.ts'
import type { FormValue } from '../../ui/schema-form.tsx'
import { choiceOf, chosenOf, type Source, textOrNull } from '../suppliers/supplier.ts'

export type NewSource = ChangeBody<'POST', '/api/v1/sources'>

/** A source as it is being written down. */
export interface SourceDraft {
  supplier: string
  name: string
  kind: Source['kind']
  config: FormValue
  schedule: string
  zone: string
  listMode: Source['list_mode']
  currency: string
  analyzer: string
  isWatched: boolean
}

export function newDraft(supplier: string): SourceDraft {
  return {
    supplier,
    name: '',
    kind: 'http',
    config: {},
    schedule: '',
    zone: '',
    listMode: 'full',
    currency: '',
    analyzer: 'usual',
    isWatched: false,
  }
}

export function draftOf(source: Source): SourceDraft {
  return {
    supplier: source.supplier,
    name: source.name,
    kind: source.kind,
    config: source.config,
    schedule: source.schedule ?? '',
    zone: source.time_zone ?? '',
    listMode: source.list_mode,
    currency: source.currency ?? '',
    analyzer: choiceOf(source.uses_analyzer),
    isWatched: source.is_watched,
  }
}

/** The draft as the API takes a new source. */
export function additionOf(draft: SourceDraft): NewSource {
  return { supplier: draft.supplier.trim(), ...editOf(draft) }
}

/** The draft as the API takes a change of a source. */
export function editOf(draft: SourceDraft) {
  return {
    name: draft.name.trim(),
    kind: draft.kind,
    config: draft.config,
    schedule: textOrNull(draft.schedule),
    time_zone: textOrNull(draft.zone),
    list_mode: draft.listMode,
    currency: textOrNull(draft.currency.toUpperCase()),
    uses_analyzer: chosenOf(draft.analyzer),
    is_watched: draft.isWatched,
  }
}
