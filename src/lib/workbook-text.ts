/**
 * As a workbook can hold it: two characters that are none of XML are shown as unknown ones, and what Excel would take for
 * one that is written by its number is written so itself.
 */
export const workbookText = (text: string) =>
  text.replace(/[\ufffe\uffff]/g, '\ufffd').replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x')
