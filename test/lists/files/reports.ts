import type { ListTruth } from '../../../scripts/lib/score/truth.ts'
import { type Draft, draft } from '../draft.ts'
import { drawing } from '../draw.ts'
import { csvBytes, workbookBytes } from '../write.ts'

/** Tables of money and goods that are no offers: a stock turnover, an exam timetable, an index, a list of bookings. */
export async function reports() {
  return [
    made('dk-prisindeks.csv', csvBytes(priceIndex(), { delimiter: ';', encoding: 'windows-1252' }), {
      note: 'Consumer price index by group, years as columns',
      pitfalls: '"pris" in the title; names of goods beside numbers with decimals',
    }),
    made('en-bookings.csv', csvBytes(bookings(), { delimiter: ',', encoding: 'utf-8' }), {
      note: 'Hotel bookings with guest, dates, price and commission',
      pitfalls: 'a number, a name and a price in every row',
    }),
    made('pt-exames.csv', csvBytes(exams(), { delimiter: ';', encoding: 'utf-8', byteOrderMark: true }), {
      note: 'Timetable of exams',
      pitfalls: 'codes and names of subjects; times like 9,30; counts',
    }),
    made('ru-oborot.xlsx', await workbookBytes([turnover()]), {
      note: 'Stock turnover of a month: opening, in, out, closing, quantity and sum',
      pitfalls: 'article numbers, names, units and sums; totals by store',
    }),
  ]
}

function made(file: string, bytes: Uint8Array, { note, pitfalls }: Pick<ListTruth, 'note' | 'pitfalls'>) {
  const truth: ListTruth = {
    file,
    note,
    verdict: ['not-a-price-list', 'review'],
    tables: [],
    currency: null,
    samples: [],
    pitfalls,
  }
  return { file, bytes, truth }
}

function priceIndex(): Draft {
  const sheet = draft()
  const draw = drawing(61)
  sheet.row('PRIS111: Forbrugerprisindeks (2015=100) efter varegruppe og tid')
  sheet.row('Enhed: Indeks')
  sheet.row('', 'Varegruppe', '2019', '2020', '2021', '2022', '2023', '2024', '2025')
  const groups = [
    'Brød og kornprodukter',
    'Kød',
    'Fisk',
    'Mælk, ost og æg',
    'Smør og olie',
    'Frugt',
    'Grøntsager',
    'Sukker og slik',
    'Kaffe, te og kakao',
    'Beklædning',
    'Husleje',
    'Elektricitet',
    'Møbler',
    'Medicin',
  ]
  groups.forEach((group, index) => {
    let value = 980 + draw.below(60)
    const years = Array.from({ length: 7 }, () => {
      value += draw.below(70) - 8
      return `${Math.floor(value / 10)},${value % 10}`
    })
    sheet.row(`01.1.${index + 1}`, group, ...years)
  })
  sheet.row('Kilde: statistikbanken')
  return sheet
}

function bookings(): Draft {
  const sheet = draft()
  const draw = drawing(77)
  sheet.row(
    'Book number',
    'Booked by',
    'Guest name(s)',
    'Check-in',
    'Check-out',
    'Booked on',
    'Status',
    'Rooms',
    'Persons',
    'Price',
    'Commission %',
    'Commission amount',
    'Unit type',
    'Duration (nights)',
  )
  const people = [
    'Larsen, Mette',
    'Conti, Paolo',
    'Müller, Jan',
    'O’Neill, Sean',
    'Novak, Petra',
    'Silva, Joana',
    'Kim, Minjun',
  ]
  const rooms = ['Double Room with Sea View', 'Single Room', 'Family Apartment', 'Twin Room']
  for (let index = 0; index < 24; index++) {
    const name = draw.pick(people)
    const nights = 1 + draw.below(6)
    const cents = nights * (8900 + draw.below(60) * 100)
    const price = (cents / 100).toFixed(2)
    const day = String(1 + draw.below(22)).padStart(2, '0')
    const end = String(Number(day) + nights).padStart(2, '0')
    sheet.row(
      String(3_914_227_018 + index * 7_310_441),
      name,
      name,
      `2026-02-${day}`,
      `2026-02-${end}`,
      '2026-01-11 18:20:04',
      index % 6 === 4 ? 'cancelled_by_guest' : 'ok',
      1,
      1 + draw.below(3),
      `${price} EUR`,
      15,
      `${(cents * 0.0015).toFixed(2)} EUR`,
      draw.pick(rooms),
      nights,
    )
  }
  return sheet
}

function exams(): Draft {
  const sheet = draft()
  const draw = drawing(19)
  sheet.row('Instituto Politécnico do Vale')
  sheet.row('Calendário de exames - época normal 2025/2026')
  sheet.row('Código', 'Unidade curricular', 'Curso', 'Ano', 'Data', 'Hora', 'Sala', 'Inscritos')
  const subjects = [
    'Álgebra Linear',
    'Análise Matemática I',
    'Programação',
    'Física Geral',
    'Química',
    'Estatística',
    'Economia',
    'Gestão de Preços',
    'Desenho Técnico',
    'Materiais',
    'Hidráulica',
    'Topografia',
    'Betão Armado',
    'Direito',
  ]
  subjects.forEach((subject, index) => {
    const hour = draw.pick(['9,30', '14,00', '17,30'])
    sheet.row(
      `91${String(10 + index * 4)}`,
      subject,
      draw.pick(['LEC', 'LEM', 'LGE']),
      1 + draw.below(3),
      `${10 + index}-01-2026`,
      hour,
      `${draw.pick(['A', 'B'])}${1 + draw.below(9)}`,
      20 + draw.below(90),
    )
  })
  return sheet
}

function turnover(): Draft {
  const sheet = draft('TDSheet')
  const draw = drawing(53)
  sheet.row('Ведомость по товарам на складах')
  sheet.row('Период: 01.01.2026 - 31.01.2026')
  sheet.row('Показатели: Количество; Сумма (руб.)')
  sheet.blank()
  sheet.row(
    'Склад / Номенклатура',
    null,
    'Ед.',
    'Начальный остаток',
    null,
    'Приход',
    null,
    'Расход',
    null,
    'Конечный остаток',
    null,
  )
  for (const range of ['A5:B5', 'D5:E5', 'F5:G5', 'H5:I5', 'J5:K5']) sheet.merge(range)
  sheet.row(
    'Код',
    'Наименование',
    null,
    'Кол-во',
    'Сумма',
    'Кол-во',
    'Сумма',
    'Кол-во',
    'Сумма',
    'Кол-во',
    'Сумма',
  )
  const goods = [
    'Кабель ВВГ 3х1,5',
    'Кабель ВВГ 3х2,5',
    'Розетка двойная',
    'Выключатель',
    'Автомат 16А',
    'Автомат 25А',
    'Щит на 12 модулей',
    'Лампа LED 10Вт',
    'Светильник',
  ]
  for (const store of ['Основной склад', 'Склад №2']) {
    sheet.row({ value: store, bold: true })
    goods.forEach((name, index) => {
      const cost = 4500 + draw.below(300) * 100
      const [start, added] = [draw.below(90), draw.below(40)]
      const taken = draw.below(start + added)
      const pair = (count: number) => [count, { value: (count * cost) / 100, format: '#,##0.00' }]
      sheet.row(
        `00-0000${1204 + index * 3}`,
        name,
        index < 2 ? 'м' : 'шт',
        ...pair(start),
        ...pair(added),
        ...pair(taken),
        ...pair(start + added - taken),
      )
    })
  }
  sheet.row(
    { value: 'Итого', bold: true },
    null,
    null,
    1204,
    845_210.5,
    512,
    330_870,
    498,
    312_004.2,
    1218,
    864_076.3,
  )
  return sheet
}
