import { expect, test } from 'bun:test'
import { nextPage } from '../../src/admin/session/next-page.ts'

test.each([
  ['?next=%2Fimports%3Fstatus%3Dheld', '/imports?status=held'],
  ['', '/'],
  ['?next=https%3A%2F%2Fevil.example', '/'],
  ['?next=%2F%2Fevil.example', '/'],
  ['?next=%2F%5Cevil.example', '/'],
  ['?next=%2F%09%2Fevil.example', '/'],
  ['?next=%2F%0A%2Fevil.example', '/'],
])('after signing in %p leads to %p', (search, page) => {
  expect(nextPage(search)).toBe(page)
  expect(new URL(nextPage(search), 'https://tallyman.example').host).toBe('tallyman.example')
})
