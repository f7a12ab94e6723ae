// Package wire is the console's JSON, as it comes and not as it is documented.
//
// The idea: decoding never fails because of one odd field. Numbers come where text belongs and the
// other way round, lists where one value belongs, nulls everywhere, five spellings of time,
// enumerations with values of next year. [Decode] keeps what fits, [Time] reads any spelling and no
// nonsense, an enumeration keeps what it does not know, and [Row] keeps the whole object. Large
// answers are taken apart without copies ([FieldsOf], [ElementsOf]).
//
// The rule one must not break: nothing secret leaves as text. A [Secret] prints as •••, however it
// is printed, and [Redact] takes the values of secret fields out of a row before anybody keeps it.
// Only Reveal tells, where a value is sent.
//
// Ids are here because everything that is sent names something by one: [Selection] refuses a list
// that is empty, which in this API means everything, and whatever is no id.
package wire
