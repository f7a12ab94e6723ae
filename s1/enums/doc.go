// Package enums has the console's enumerations: the fixed lists of values that its fields, filters
// and changes have.
//
// The idea: one string type per enumeration, whose Choices are what people may pick, in the order
// in which menus show them, each with the label that people read. Values are spelled as the path
// that takes them in a change wants them, since those paths check the letter case; what the console
// answers comes in any spelling ("True positive", "TRUE_POSITIVE", "true_positive"), so reading is
// lenient.
//
//	what a person picked ──ParseChoice: one of the choices, or an error──▶ the value ──▶ a change
//	what the console says ──UnmarshalText: one of the choices, or itself──▶ the value ──Label──▶ what people read
//
// The lists are those of the vendor's API document of 2026 and of older consoles together; a
// comment says where the document and consoles differ. Package s1 has each name as well, for its
// callers.
//
// The rule one must not break: reading never fails and never drops what it does not know. A console
// of next year has values that this program has not: they are shown as they came, and code that
// decides by a value takes one that it does not know for unknown, not for a yes.
package enums
