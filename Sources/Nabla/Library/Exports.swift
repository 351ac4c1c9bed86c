// The modules a library user needs, so that `import Nabla` is enough.
@_exported import NablaCompile
@_exported import NablaCore
@_exported import NablaExport
@_exported import NablaLanguage
@_exported import NablaNumerics
@_exported import NablaOutput
@_exported import NablaTypes
@_exported import NablaVerify

// By name, so that it is this one in files that import Foundation, which has a class of the same name.
@_exported import struct NablaTypes.Dimension
