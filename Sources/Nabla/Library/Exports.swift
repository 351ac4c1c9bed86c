// The modules a library user needs, so that `import Nabla` is enough.
@_exported import NablaCompile
@_exported import NablaCore
@_exported import NablaNumerics
@_exported import NablaOutput
@_exported import NablaVerify

@_exported import enum NablaExport.ExportTarget
@_exported import struct NablaExport.ExportedSource
@_exported import struct NablaLanguage.Diagnostic
@_exported import struct NablaLanguage.SourceRange
@_exported import struct NablaLanguage.SourceText
@_exported import struct NablaTypes.Dimension
@_exported import enum NablaTypes.Property
@_exported import struct NablaTypes.Shape
