// Anchor of the precompiled test headers.
