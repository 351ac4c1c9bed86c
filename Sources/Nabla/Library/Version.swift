/// The version of this package.
public let nablaVersion = "0.2.0"
