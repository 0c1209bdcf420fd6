import { answerExamples } from './answer-examples.ts'

/**
 * What bodies and answers look like, by the title of their schema: Swagger UI fills them in, and readers learn more
 * from them than from any type. The document's test holds each against its schema.
 */
export const examples: Readonly<Record<string, unknown>> = {
  ImportReading: { map: 'price=EK,sku=Artikelnummer', decimal: 'comma' },
  ImportCorrection: { map: 'price=EK,sku=Artikelnummer', decimal: 'comma' },
  DeadLetterCause: { cause: 'network/host_unreachable' },
  NewSource: {
    supplier: 'Acme Ltd',
    name: 'weekly list',
    kind: 'http',
    config: { url: 'https://acme.example/prices.csv' },
    schedule: '0 6 * * 1',
    time_zone: 'Europe/Berlin',
  },
  SourceChange: { schedule: '0 5 * * *', list_mode: 'full' },
  NewSupplier: { name: 'Acme Ltd', currency: 'EUR', country: 'DE', time_zone: 'Europe/Berlin' },
  SupplierChange: { currency: 'EUR', country: 'DE' },
  ItemChange: { name: 'Ball valve DN 20', category: 'Valves > Ball valves' },
  TaskOptions: { dry_run: true },
  Replay: { decimal: 'comma', publish: false },
  SignIn: { name: 'anna', password: 'a sentence that only Anna knows' },
  PasswordChange: {
    current_password: 'a sentence that only Anna knows',
    new_password: 'another sentence that only Anna knows',
  },
  Setup: {
    token: 'what the console shows',
    name: 'anna',
    password: 'a sentence that only Anna knows',
  },
  NewUser: { name: 'bert', password: 'a sentence that only Bert knows', role: 'operator' },
  UserChange: { role: 'viewer' },
  NewPassword: { password: 'a sentence that only Bert knows' },
  NewApiTokenRequest: { name: 'nightly export', scopes: ['read'] },
  ...answerExamples,
}
