'use strict';

const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The values as one line of CSV, with its line end. */
module.exports = (values) => `${values.map((value) => quoted(String(value))).join(',')}\r\n`;
