package main

import (
	"s1bot/cmd/s1bot/policyfile"
	"s1bot/commands"
)

type policySchemaCmd struct{}

// Help is shown by `s1bot policy-schema --help`.
func (policySchemaCmd) Help() string {
	return "With this schema, editors complete keys and values of S1BOT_POLICY_FILE and underline mistakes. Save it as policy.schema.json and begin the policy file with: # yaml-language-server: $schema=policy.schema.json"
}

// Run prints the schema.
func (policySchemaCmd) Run(std streams) error {
	body, err := policyfile.Schema(commands.Known().Commands())
	if err != nil {
		return err
	}
	_, err = std.out.Write(append(body, '\n'))
	return err
}
