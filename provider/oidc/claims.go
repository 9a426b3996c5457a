package oidc

import (
	"slices"

	"gatehouse/provider"
)

// claimsSupported is what userClaims may answer, for discovery.
var claimsSupported = []string{
	"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "sid", "at_hash",
	"name", "given_name", "middle_name", "family_name", "nickname", "preferred_username", "profile", "picture", "website",
	"gender", "birthdate", "zoneinfo", "locale", "updated_at",
	"email", "email_verified", "phone_number", "phone_number_verified", "address",
}

// userClaims are the standard claims of the scopes (OIDC Core 5.1, 5.4). What is not known is left out, never null.
func userClaims(a provider.Account, scopes []string) map[string]any {
	claims := map[string]any{"sub": string(a.ID)}
	if slices.Contains(scopes, "profile") {
		profileClaims(claims, a)
	}
	if email, ok := a.Identifier(provider.Email); ok && slices.Contains(scopes, "email") {
		claims["email"], claims["email_verified"] = email.Value, !email.VerifiedAt.IsZero()
	}
	if phone, ok := a.Identifier(provider.Phone); ok && slices.Contains(scopes, "phone") {
		claims["phone_number"], claims["phone_number_verified"] = phone.Canonical, !phone.VerifiedAt.IsZero()
	}
	if slices.Contains(scopes, "address") && a.Profile.Address != (provider.Address{}) {
		claims["address"] = a.Profile.Address
	}
	return claims
}

func profileClaims(claims map[string]any, a provider.Account) {
	p := a.Profile
	username, _ := a.Identifier(provider.Username)
	for name, value := range map[string]string{
		"name": p.FullName(), "given_name": p.GivenName, "middle_name": p.MiddleName, "family_name": p.FamilyName,
		"nickname": p.Nickname, "preferred_username": username.Value, "profile": p.Page, "picture": p.Picture,
		"website": p.Website, "gender": p.Gender, "birthdate": p.Birthdate, "zoneinfo": p.Zoneinfo, "locale": p.Locale,
	} {
		if value != "" {
			claims[name] = value
		}
	}
	if !a.UpdatedAt.IsZero() {
		claims["updated_at"] = a.UpdatedAt.Unix()
	}
}
