package catalog

// A NoteOn says on what a command writes notes, and how: for whoever has a thing and a text, such as the bot in the thread of a card. Which
// command that is stands in its own value.
type NoteOn struct {
	Kind string                                   // of the things: "threat"
	Args func(thing, text string) (arguments any) // for a note on one of them, by its id or name; without one, what can be said of the note
}

// Note is the invocation that writes a note on a thing of a kind, or its beginning where it is not known on which; false where no command does.
func (c *Catalog) Note(kind, thing, text string) (Invocation, bool) {
	for _, cmd := range c.commands {
		if cmd.NoteOn != nil && cmd.NoteOn.Kind == kind {
			return Invocation{Command: cmd.Name, Args: Marshal(cmd.NoteOn.Args(thing, text))}, true
		}
	}
	return Invocation{}, false
}
