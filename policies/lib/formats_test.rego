package gitops_guard.lib.formats_test

import data.gitops_guard.lib.formats

# Made up, and put together here so that no scanner takes this file for a leak.
join(parts) := concat("", parts)

test_tokens if {
	every parts in [
		["AK", "IAQYLPMN5HFIQR7XYA"],
		["gh", "p_1234567890abcdefghijABCDEFGHIJ123456"],
		["github", "_pat_11ABCDEFG0123456789_abcdefghijklmnop"],
		["gl", "pat-abcdefghij1234567890"],
		["xo", "xb-123456789012-abcdefGHIJKL"],
		["https://hooks.", "slack.com/services/T09G2Y3AZPO/B0M5RC8LZH1/2FAotVSS70oXu3Iyu2sfae44"],
		["sk_", "live_4eC39HqLyjWDarjtT1zdp7dc"],
		["AI", "zaSyA1234567890abcdefghijklmnopqrstuv"],
		["ey", "JhbGciOiJIUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.qkfvwlOzbtR1fiDv0wPAf9l5"],
		["S", "G.abcdefghijklmnopqrstuv.ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg"],
		["np", "m_abcdefghijklmnopqrstuvwxyz0123456789"],
		["sk-", "proj-abcdefghijklmnopqrst1234"],
		["Endpoint=sb://x;SharedAccess", "Key=wbWV6LxjzLyAdL/wmFZXiI0krW+k664/UFyqAkYXEvY="],
	] {
		text := join(parts)
		formats.name_of(text) != ""
	}
}

test_other_texts if {
	every text in [
		"pk_live_BcyG3SU3a6JduG7yUG6cDTuy", "task-force", "sk-learn", "iVBORw0KGgoAAAAKIAABCDEFGHIJKLMNOPAAA", "eyJ", "https://slack.com/api",
		"sha384-dmqNxfb1V3Y6qNWJSO7RAZcCrkkZO4NR5CQX6JarF0c0cB8JFavA", "glance-1.2", "",
	] {
		not formats.name_of(text)
	}
}
