package filterkeys

// The words of the wire, from the API document; some are of bodies, too. Threats spell them in lower case; alert filters in upper case.
var (
	Verdicts      = []string{"undefined", "true_positive", "false_positive", "suspicious"}
	Incidents     = []string{"unresolved", "in_progress", "resolved"}
	mitigations   = []string{"not_mitigated", "mitigated", "marked_as_benign"}
	confidences   = []string{"malicious", "suspicious", "n/a"}
	Severities    = []string{"Low", "Medium", "High", "Critical", "Info"}
	networkStates = []string{"connected", "disconnected", "connecting", "disconnecting"}
	OsTypes       = []string{"macos", "windows", "windows_legacy", "linux"}
	osArchs       = []string{"32 bit", "64 bit", "ARM64"}
	machineTypes  = []string{"unknown", "desktop", "laptop", "server", "kubernetes node", "storage", "kubernetes pod",
		"ecs task", "kubernetes helper"}
	scanStates      = []string{"none", "started", "aborted", "finished"}
	migrations      = []string{"N/A", "Pending", "Migrated", "Failed"}
	vulnerabilities = []string{"patch_required", "up_to_date", "not_applicable"}
	rangerStates    = []string{"NotApplicable", "Enabled", "Disabled"}
	MitigationModes = []string{"detect", "protect"}
	scopeLevels     = []string{"global", "group", "account", "site"}
	ScopeStates     = []string{"active", "expired", "deleted"}
	GroupTypes      = []string{"static", "dynamic", "pinned"}
	threatSources   = []string{"Cloud", "Behavioral", "Static", "Engine"}
	installerTypes  = []string{".msi", ".exe", ".deb", ".rpm", ".bsx", ".pkg", ".img", "unknown", ".tar", ".zip", ".gz", ".xz"}
	engines         = []string{"reputation", "sentinelone_cloud", "cloud_detection", "user_blacklist", "pre_execution",
		"pre_execution_suspicious", "executables", "data_files", "exploits", "penetration", "pup", "lateral_movement",
		"remote_shell", "manual", "application_control", "threat_intelligence", "watchtower_cloud_detection",
		"driver_blocking", "idr", "drift_detection", "network_protection"}
	initiators = []string{"agent_policy", "full_disk_scan", "sentinelctl", "dv_command", "console_api", "on_demand_scan",
		"star_active", "star_manual", "cloud_detection", "threat_intelligence", "watchtower_cloud_detection"}
	userActions = []string{"none", "user_action_needed", "reboot_needed", "upgrade_needed", "incompatible_os", "unprotected",
		"rebootless_without_dynamic_detection", "extended_exclusions_partially_accepted", "reboot_required",
		"pending_deprecation", "ne_not_running", "ne_cf_not_active", "pending_performance_insights", "reboot_category",
		"missing_permissions_category", "agent_suppressed_category", "incompatible_os_category", "unprotected_category",
		"partial_functionality", "performance_insights"}
	missingPermissions = []string{"user_action_needed_fda", "user_action_needed_rs_fda", "user_action_needed_fda_helper",
		"user_action_needed_fda_sentineld", "user_action_needed_bluetooth_per", "user_action_needed_network",
		"user_action_needed_notifications"}
	agentThreatStates = []string{"mitigated", "blocked", "active", "suspicious", "pending", "suspicious_resolved"}
)
