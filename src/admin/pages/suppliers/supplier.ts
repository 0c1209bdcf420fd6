import type { Answer } from '../../api/routes.ts'

/** A supplier, and a source of one, as the API shows them. */
export type Supplier = Answer<'/api/v1/suppliers/:id'>
export type Source = Answer<'/api/v1/sources/:id'>

/** Yes, no, or as is usual: what a setting that may be null is chosen from. */
export type Choice3 = 'usual' | 'yes' | 'no'

export const choiceOf = (value: boolean | null): Choice3 => (value === null ? 'usual' : value ? 'yes' : 'no')

export const chosenOf = (choice: string): boolean | null => (choice === 'usual' ? null : choice === 'yes')

/** What stands in a field that may be left empty. */
export const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())
