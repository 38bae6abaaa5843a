"""Names of the cookies, shared by every door."""

SESSION = "tiaojie_session"
CSRF = "tiaojie_csrf"
LANGUAGE = "tiaojie_language"
