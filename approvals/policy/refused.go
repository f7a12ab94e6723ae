package policy

// A RefusedError is a policy's no. Why is a sentence for the person who asked.
type RefusedError struct {
	Why     string
	Rule    string // that said so
	Because string // name of the thing of several that it said so of; empty where it concerns all
}

// Error is the sentence.
func (e *RefusedError) Error() string { return e.Why }

// An UnansweredError refuses what depends on a question that has no answer now. It is neither a yes
// nor a no: asked again later, it may be either.
type UnansweredError struct {
	Question string // as in CannotTell
	Rule     string // that asks it
	Because  string // name of the thing of several that it is about; empty where it concerns all
}

// Error says that nothing was done, and why.
func (e *UnansweredError) Error() string { return e.Question + ", so nothing was done" }
