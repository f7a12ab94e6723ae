// Package checks holds what lies in deploy/ against what it is for: manifests against the types of
// Kubernetes, the compose file against its specification, alert rules and the dashboard against the
// metrics of the program, the runbook against the alerts.
package checks
