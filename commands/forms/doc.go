// Package forms is a command as a form: what it asks for, in which order, and what a form that was sent means as arguments.
//
// A form asks for what must be given first, and for raw filters last: those are folded away behind a button until somebody wants them.
// What depends on a choice ("output-directory" on "output-destination=Local") is asked for once that is chosen. So a form is drawn again
// while it is filled in:
//
//	Of       the first drawing, filled with what was typed or what stood on a card
//	Redraw   after a choice, or when the rest is unfolded; what was typed stays, a secret does not
//	AsksMore whether a form that was sent should have asked for something else, so that it is drawn once more
//	Read     what was sent, as arguments; or what is wrong, each sentence under its field
//
// Everything here is derived from the command's fields and rules, so a new command has a form without a line of its own. The rule one
// must not break: what a form shows is read back as it was (lines.go), and what it does not show stays. Who opens a form to change one
// thing and sends it changes that and nothing else.
package forms
