package main

import (
	"fmt"
	"testing"

	"s1bot/s1/s1sim"
)

// More than the console puts on a page: the answer shows the beginning, the file has it all.
func TestEverythingThatDoesNotFitAMessageIsAFile(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for i := range 1001 {
		s.console.AddAgent(s1sim.AgentSpec{Name: fmt.Sprintf("FLEET-%04d", i)})
	}
	s.types("alice", "#soc", "/s1 list-agents computer-name=FLEET limit=0")
	s.isTold("alice", "Agents · 1001", "page 1 of 101", "All 1001 agents are in the file.", "The file is in your direct messages with me.")
	s.isWrittenTo("alice", "Agents · 1001 as a file")
}
